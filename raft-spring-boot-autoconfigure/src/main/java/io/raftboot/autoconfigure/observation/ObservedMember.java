package io.raftboot.autoconfigure.observation;

/** Whose calls and entries are observed. */
record ObservedMember(String group, long nodeId) {}
