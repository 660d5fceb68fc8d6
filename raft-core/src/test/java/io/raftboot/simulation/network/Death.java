package io.raftboot.simulation.network;

/** What others see of the end of a process. */
public enum Death {
    /** The kernel closes its connections, and its port refuses others. */
    KILLED,
    /** Nothing at all, until the machine is on again: it answers then that it knows of no connection. */
    POWER_LOST
}
