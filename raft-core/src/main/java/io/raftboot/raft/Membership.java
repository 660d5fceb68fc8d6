package io.raftboot.raft;

import io.raftboot.raft.confchange.Changer;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.confchange.Configuration;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressMap;
import io.raftboot.raft.tracker.ProgressTracker;
import io.raftboot.raft.tracker.TrackerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The configuration in force: where it comes from, and what follows when it changes. A configuration counts from the
 * moment that it is applied, not when it is appended (unlike dissertation section 4.1), so the leader has to keep the
 * next one back until then.
 */
final class Membership {
    private final Raft raft;
    private final RaftLog log;
    private final ProgressTracker tracker;
    private final Logger logger;

    Membership(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        this.tracker = raft.tracker();
        this.logger = raft.logger();
    }

    /** Whether this node may be elected: a voter whose log is not about to be replaced. */
    boolean isPromotable() {
        Progress own = tracker.progress().get(raft.id());
        return own != null && !own.isLearner() && !log.hasNextOrInProgressSnapshot();
    }

    /**
     * Puts the result of a change into force.
     *
     * @throws ConfChangeException if the configuration in force does not allow it; nothing has changed
     */
    ConfState apply(ConfChangeV2 change) {
        return switchTo(new Changer(tracker, log.lastIndex()).apply(change));
    }

    /** Starts from a configuration that was stored. */
    void restore(ConfState confState) {
        tracker.install(TrackerConfig.EMPTY, ProgressMap.EMPTY);
        tracker.resetVotes();
        Configuration configuration;
        try {
            configuration = new Changer(tracker, log.lastIndex()).restore(confState);
        } catch (ConfChangeException e) {
            throw Invariants.broken(
                    logger, "unable to restore config " + LogText.text(confState) + ": " + e.getMessage());
        }
        String difference = ConfChanges.difference(withAutoLeave(confState), switchTo(configuration));
        if (difference != null) {
            throw Invariants.broken(logger, difference);
        }
    }

    /** Why a configuration that was stored or sent could not be put into force, or null if it could. */
    static @Nullable String objection(ConfState confState) {
        try {
            Configuration configuration = new Changer(new ProgressTracker(1, 0), 0).restore(confState);
            ConfState inForce = configuration.config().toConfState();
            return ConfChanges.difference(withAutoLeave(confState), inForce) == null
                    ? null
                    : "a member is named more than once";
        } catch (ConfChangeException e) {
            return e.getMessage();
        }
    }

    /** A state that was never stored does not say whether it leaves by itself; one that is in force always does. */
    private static ConfState withAutoLeave(ConfState confState) {
        return confState.hasAutoLeave()
                ? confState
                : confState.toBuilder().setAutoLeave(false).build();
    }

    /**
     * Replaces the log and the configuration by a snapshot's.
     *
     * @return false if the snapshot was not needed or is not for this node; at most the commit index has moved
     */
    boolean restore(Snapshot snapshot) {
        long index = snapshot.getMetadata().getIndex();
        long term = snapshot.getMetadata().getTerm();
        ConfState confState = snapshot.getMetadata().getConfState();
        if (index <= log.committedIndex()) {
            return false;
        }
        if (!isMember(confState)) {
            logger.warn(
                    "{} attempted to restore snapshot but it is not in the ConfState {}; should never happen",
                    raft.name(),
                    LogText.text(confState));
            return false;
        }
        if (log.matchTerm(index, term)) {
            logger.info(
                    "{} [commit: {}, lastindex: {}, lastterm: {}] fast-forwarded commit to snapshot [index: {}, term: {}]",
                    raft.name(),
                    log.committedIndex(),
                    log.lastIndex(),
                    log.lastTerm(),
                    index,
                    term);
            log.commitTo(index);
            return false;
        }
        log.restore(snapshot);
        restore(confState);
        logger.info(
                "{} [commit: {}, lastindex: {}, lastterm: {}] restored snapshot [index: {}, term: {}]",
                raft.name(),
                log.committedIndex(),
                log.lastIndex(),
                log.lastTerm(),
                index,
                term);
        return true;
    }

    private boolean isMember(ConfState confState) {
        // Who will be a learner next is still an outgoing voter.
        long id = raft.id();
        return confState.getVotersList().contains(id)
                || confState.getLearnersList().contains(id)
                || confState.getVotersOutgoingList().contains(id);
    }

    private ConfState switchTo(Configuration configuration) {
        raft.tracing().applying(configuration.config());
        tracker.install(configuration.config(), configuration.progress());
        logger.info("{} switched to configuration {}", raft.name(), tracker.config());
        ConfState confState = tracker.confState();
        if (raft.role() instanceof LeaderRole leader) {
            leader.onConfiguration(confState);
        }
        return confState;
    }
}
