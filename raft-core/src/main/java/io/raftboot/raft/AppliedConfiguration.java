package io.raftboot.raft;

import io.raftboot.raft.proto.ConfState;

/**
 * The configuration in force, and since when. It comes from a stored state when a node starts, from a snapshot, or from an
 * entry; whichever it was, it is the configuration as of that place in the log, so two of equal index are equal on all
 * members.
 *
 * @param index index of the entry that brought it, or of the snapshot that it came with
 * @param state the members
 */
public record AppliedConfiguration(long index, ConfState state) {}
