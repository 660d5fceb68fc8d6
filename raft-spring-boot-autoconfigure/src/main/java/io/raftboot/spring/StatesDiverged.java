package io.raftboot.spring;

import io.raftboot.api.Divergence;

/**
 * Application event: members of the group do not have the same state any more ({@code raft.divergence-check}). Published once for
 * each state machine, on each member that knows of it; what is to be done about it is up to people, the members go on. Delivered as
 * {@link LeadershipGranted} is.
 *
 * @param group whose members
 * @param nodeId of this member, which need not be one that differs from most
 * @param divergence what differs, since when and on whom
 */
public record StatesDiverged(String group, long nodeId, Divergence divergence) {}
