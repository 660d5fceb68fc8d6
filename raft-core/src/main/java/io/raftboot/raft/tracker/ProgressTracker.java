package io.raftboot.raft.tracker;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.Vote;
import io.raftboot.raft.quorum.VoteResult;
import java.util.HashMap;
import java.util.Map;

/**
 * The configuration in force, what is known of each member in it, and the votes of the running election. Not
 * thread-safe; belongs to the thread that drives the {@code RawNode}. After etcd's {@code ProgressTracker}.
 */
public final class ProgressTracker {
    private final int maxInflightMessages;
    private final long maxInflightBytes;

    private TrackerConfig config = TrackerConfig.EMPTY;
    private ProgressMap progress = ProgressMap.EMPTY;
    private final Map<Long, Vote> votes = new HashMap<>();

    /** Something to be done with each member's progress. */
    @FunctionalInterface
    public interface Visitor {
        /** Called for one member. */
        void visit(long id, Progress progress);
    }

    /**
     * A tracker of a group without members.
     *
     * @param maxInflightMessages how many appends to one member may be without an answer
     * @param maxInflightBytes how many bytes of entries, unsigned, may be on the way to one member; 0 for no limit
     */
    public ProgressTracker(int maxInflightMessages, long maxInflightBytes) {
        this.maxInflightMessages = maxInflightMessages;
        this.maxInflightBytes = maxInflightBytes;
    }

    /** Puts a configuration into force. The two belong together, as the {@code Changer} returns them. */
    public void install(TrackerConfig newConfig, ProgressMap newProgress) {
        this.config = newConfig;
        this.progress = newProgress;
    }

    /** The configuration in force. */
    public TrackerConfig config() {
        return config;
    }

    /** The members' progress. */
    public ProgressMap progress() {
        return progress;
    }

    /** An empty window with the limits of this tracker. */
    public Inflights newInflights() {
        return new Inflights(maxInflightMessages, maxInflightBytes);
    }

    /** The configuration in force, in the form that is put into snapshots. */
    public ConfState confState() {
        return config.toConfState();
    }

    /** Whether there is one voter only, which decides alone. */
    public boolean isSingleton() {
        return config.voters().incoming().ids().size() == 1 && !config.voters().isJoint();
    }

    /** The highest index, unsigned, that the voters have acknowledged by quorum. Allocates nothing for small groups. */
    public long committedIndex() {
        return config.voters().committedIndex(progress);
    }

    /** Goes through the members in ascending unsigned order of their ids. */
    public void visit(Visitor visitor) {
        // A visitor may bring a new configuration into force: the members at the beginning are meant.
        ProgressMap members = progress;
        for (int i = 0; i < members.size(); i++) {
            visitor.visit(members.ids().get(i), members.at(i));
        }
    }

    /** Whether a quorum of the voters was active since the last check. */
    public boolean isQuorumActive() {
        return config.voters().voteResult(this::activityOf) == VoteResult.WON;
    }

    private Vote activityOf(long id) {
        Progress member = progress.get(id);
        if (member == null || member.isLearner()) {
            return Vote.MISSING;
        }
        return member.isRecentlyActive() ? Vote.GRANTED : Vote.REJECTED;
    }

    /** The voters of both halves. */
    public IdSet voterIds() {
        return config.voters().ids();
    }

    /** The learners, without those who become learners later. */
    public IdSet learnerIds() {
        return config.learners();
    }

    /** Begins an election without votes. */
    public void resetVotes() {
        votes.clear();
    }

    /** Notes a vote. The first one of a member counts, later ones change nothing. */
    public void recordVote(long id, Vote vote) {
        if (vote == Vote.MISSING) {
            throw new IllegalArgumentException("a missing vote can't be recorded");
        }
        votes.putIfAbsent(id, vote);
    }

    /** Counts the votes of those who are voters now, whoever else has voted. */
    public VoteTally tallyVotes() {
        int granted = 0;
        int rejected = 0;
        for (int i = 0; i < progress.size(); i++) {
            if (!progress.at(i).isLearner()) {
                switch (voteOf(progress.ids().get(i))) {
                    case GRANTED -> granted++;
                    case REJECTED -> rejected++;
                    case MISSING -> {}
                }
            }
        }
        return new VoteTally(granted, rejected, config.voters().voteResult(this::voteOf));
    }

    private Vote voteOf(long id) {
        return votes.getOrDefault(id, Vote.MISSING);
    }
}
