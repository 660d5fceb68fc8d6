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

    /** Index of the newest entry or snapshot that is known to have brought a configuration, in force or passed over. */
    private long index;

    private AppliedConfiguration applied = new AppliedConfiguration(0, ConfState.getDefaultInstance());

    Membership(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        this.tracker = raft.tracker();
        this.logger = raft.logger();
    }

    /** The configuration in force; another object whenever it, or its index, has changed. */
    AppliedConfiguration applied() {
        return applied;
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

    /**
     * Puts the result of a change into force, unless a snapshot has brought a configuration that is newer: whoever applies
     * entries may still be at those that the snapshot covers. A change that the configuration in force does not allow is no
     * change. Every member comes to the same end, because all of them have the same configuration at this index.
     *
     * @param changeIndex index of the entry that holds the change
     */
    AppliedConfiguration apply(ConfChangeV2 change, long changeIndex) {
        if (changeIndex <= index) {
            logger.info(
                    "{} passed over the configuration change at index {}: the configuration in force is that of index {}",
                    raft.name(),
                    changeIndex,
                    index);
            return applied;
        }
        index = changeIndex;
        try {
            apply(change);
        } catch (ConfChangeException e) {
            logger.error(
                    "{} the configuration change at index {} changes nothing, because the configuration does not allow it: {}",
                    raft.name(),
                    changeIndex,
                    e.getMessage());
            applied = new AppliedConfiguration(changeIndex, applied.state());
        }
        return applied;
    }

    /** Starts from a configuration that was stored, as of an index. */
    void restore(ConfState confState, long storedIndex) {
        index = storedIndex;
        restore(confState);
    }

    private void restore(ConfState confState) {
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
        long snapshotIndex = snapshot.getMetadata().getIndex();
        long term = snapshot.getMetadata().getTerm();
        ConfState confState = snapshot.getMetadata().getConfState();
        if (snapshotIndex <= log.committedIndex()) {
            return false;
        }
        if (!isMember(confState)) {
            logger.warn(
                    "{} attempted to restore snapshot but it is not in the ConfState {}; should never happen",
                    raft.name(),
                    LogText.text(confState));
            return false;
        }
        if (log.matchTerm(snapshotIndex, term)) {
            logger.info(
                    "{} [commit: {}, lastindex: {}, lastterm: {}] fast-forwarded commit to snapshot [index: {}, term: {}]",
                    raft.name(),
                    log.committedIndex(),
                    log.lastIndex(),
                    log.lastTerm(),
                    snapshotIndex,
                    term);
            log.commitTo(snapshotIndex);
            return false;
        }
        log.restore(snapshot);
        restore(confState, snapshotIndex);
        logger.info(
                "{} [commit: {}, lastindex: {}, lastterm: {}] restored snapshot [index: {}, term: {}]",
                raft.name(),
                log.committedIndex(),
                log.lastIndex(),
                log.lastTerm(),
                snapshotIndex,
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
        applied = new AppliedConfiguration(index, confState);
        if (raft.role() instanceof LeaderRole leader) {
            leader.onConfiguration(confState);
        }
        return confState;
    }
}
