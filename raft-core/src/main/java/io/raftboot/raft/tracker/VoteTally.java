package io.raftboot.raft.tracker;

import io.raftboot.raft.quorum.VoteResult;

/**
 * The votes counted so far.
 *
 * @param granted how many of the present voters have said yes
 * @param rejected how many of the present voters have said no
 * @param result where the election stands
 */
public record VoteTally(int granted, int rejected, VoteResult result) {}
