package io.raftboot.simulation;

/** Where in an operation of the disk a process dies. */
public enum DeathPoint {
    BEFORE,
    /** With a part of what is written, or of what is forced; before what can only be done as a whole. */
    MIDST,
    /** Done, and nobody was told. */
    AFTER
}
