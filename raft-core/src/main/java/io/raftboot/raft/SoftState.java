package io.raftboot.raft;

/**
 * What is worth knowing but need not survive a restart.
 *
 * @param leaderId the leader of the present term, {@link NodeIds#NONE} if none is known
 * @param role what this node is
 */
public record SoftState(long leaderId, RaftRole role) {}
