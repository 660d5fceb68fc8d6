package io.raftboot.raft.tracker;

/**
 * What a leader knows of one member's log and how it feeds it. Indexes are unsigned. Not thread-safe; belongs to the
 * thread that drives the {@code RawNode}. After etcd's {@code Progress}.
 */
public final class Progress {
    /** Index up to which the member's log is known to be the same as the leader's. */
    private long matchIndex;

    /** The next entry to send. Always 0 <= matchIndex < nextIndex; in SNAPSHOT it is pendingSnapshotIndex + 1. */
    private long nextIndex;

    /**
     * The highest commit index in flight to the member; in SNAPSHOT it is pendingSnapshotIndex. Goes back where what
     * was sent is likely not to have arrived.
     */
    private long sentCommitIndex;

    /** The index of the snapshot that was sent, in SNAPSHOT only; 0 otherwise, and after it was reported as failed. */
    private long pendingSnapshotIndex;

    private ProgressState state = ProgressState.PROBE;

    /** Whether anything came from the member since the leader last checked for its quorum. */
    private boolean recentlyActive;

    /**
     * Whether the member shall get no append for now: after a probe, or with a full window. A heartbeat response
     * lifts it, so that something is tried from time to time and the loss of a message can't stop it for ever.
     */
    private boolean appendFlowPaused;

    private Inflights inflights;
    private final MemberRole role;

    private enum MemberRole {
        VOTER,
        LEARNER
    }

    private Progress(MemberRole role, long nextIndex, Inflights inflights) {
        this.role = role;
        this.nextIndex = nextIndex;
        this.inflights = inflights;
    }

    /** The progress of a voter of whose log nothing is known; the entry at {@code nextIndex} is tried first. */
    public static Progress ofVoter(long nextIndex, Inflights inflights) {
        return new Progress(MemberRole.VOTER, nextIndex, inflights);
    }

    /** The progress of a learner of whose log nothing is known; the entry at {@code nextIndex} is tried first. */
    public static Progress ofLearner(long nextIndex, Inflights inflights) {
        return new Progress(MemberRole.LEARNER, nextIndex, inflights);
    }

    /** This progress as one of a voter: itself, or a copy that shares the window and replaces it. */
    public Progress asVoter() {
        return isLearner() ? copy(MemberRole.VOTER, inflights) : this;
    }

    /** This progress as one of a learner: itself, or a copy that shares the window and replaces it. */
    public Progress asLearner() {
        return isLearner() ? this : copy(MemberRole.LEARNER, inflights);
    }

    /** A copy that shares nothing with this one. */
    public Progress copy() {
        return copy(role, inflights.copy());
    }

    /** A copy that shares nothing with this one and has an empty window; cheaper. */
    public Progress copyWithoutInflights() {
        return copy(role, inflights.emptied());
    }

    private Progress copy(MemberRole newRole, Inflights newInflights) {
        Progress copy = new Progress(newRole, nextIndex, newInflights);
        copy.matchIndex = matchIndex;
        copy.sentCommitIndex = sentCommitIndex;
        copy.pendingSnapshotIndex = pendingSnapshotIndex;
        copy.state = state;
        copy.recentlyActive = recentlyActive;
        copy.appendFlowPaused = appendFlowPaused;
        return copy;
    }

    /**
     * Forgets everything but the role, for a new term: probes from {@code nextIndex} on, with an empty window, and
     * counts as inactive.
     *
     * @param newMatchIndex what is known to match, below {@code newNextIndex}: the last index for the member itself,
     *     0 for all others
     */
    public void restart(long newMatchIndex, long newNextIndex) {
        resetState(ProgressState.PROBE);
        inflights = inflights.emptied();
        matchIndex = newMatchIndex;
        nextIndex = newNextIndex;
        sentCommitIndex = 0;
        recentlyActive = false;
        checkMatchBelowNext();
    }

    /**
     * Goes to PROBE. The next entry is the one after the last that matches; after a snapshot that was not reported as
     * failed the one after that, if it is further on.
     */
    public void becomeProbe() {
        long afterSnapshot = state == ProgressState.SNAPSHOT ? pendingSnapshotIndex + 1 : 0;
        resetState(ProgressState.PROBE);
        nextIndex = max(matchIndex + 1, afterSnapshot);
        sentCommitIndex = min(sentCommitIndex, nextIndex - 1);
        checkMatchBelowNext();
    }

    /** Goes to REPLICATE, from the entry after the last that matches. */
    public void becomeReplicate() {
        resetState(ProgressState.REPLICATE);
        nextIndex = matchIndex + 1;
    }

    /** Goes to SNAPSHOT, after a snapshot of that index was sent. */
    public void becomeSnapshot(long snapshotIndex) {
        resetState(ProgressState.SNAPSHOT);
        pendingSnapshotIndex = snapshotIndex;
        nextIndex = snapshotIndex + 1;
        sentCommitIndex = snapshotIndex;
    }

    private void resetState(ProgressState newState) {
        appendFlowPaused = false;
        pendingSnapshotIndex = 0;
        state = newState;
        inflights.reset();
    }

    /** The snapshot was reported as failed: the next probe doesn't build on it. */
    public void abandonSnapshot() {
        pendingSnapshotIndex = 0;
    }

    /**
     * Notes that an append was sent, with that many entries from {@code nextIndex} on.
     *
     * @throws IllegalStateException in SNAPSHOT, when nothing may be appended
     */
    public void sentEntries(int entries, long bytes) {
        switch (state) {
            case REPLICATE -> {
                if (entries > 0) {
                    nextIndex += entries;
                    inflights.add(nextIndex - 1, bytes);
                }
                // With a full window this message was the last one, a probe of its own.
                appendFlowPaused = inflights.isFull();
            }
            case PROBE -> {
                // An empty append answers at once and needs no brake.
                if (entries > 0) {
                    appendFlowPaused = true;
                }
            }
            case SNAPSHOT -> throw new IllegalStateException("sending append in unhandled state " + state);
        }
    }

    /** Whether sending that commit index can move the member's, given what was sent already. */
    public boolean canBumpCommit(long commitIndex) {
        // The member commits at most what it has, which in normal operation is nextIndex - 1.
        return Long.compareUnsigned(commitIndex, sentCommitIndex) > 0
                && Long.compareUnsigned(sentCommitIndex, nextIndex - 1) < 0;
    }

    /** Notes that a message with that commit index was sent. */
    public void sentCommit(long commitIndex) {
        sentCommitIndex = commitIndex;
    }

    /**
     * The member has acknowledged its log up to an index.
     *
     * @return whether that is news; if not, nothing has changed
     */
    public boolean maybeUpdate(long ackedIndex) {
        if (Long.compareUnsigned(ackedIndex, matchIndex) <= 0) {
            return false;
        }
        matchIndex = ackedIndex;
        nextIndex = max(nextIndex, ackedIndex + 1);
        appendFlowPaused = false;
        checkMatchBelowNext();
        return true;
    }

    /**
     * The member has rejected an append.
     *
     * @param rejectedIndex the index that the append built on
     * @param matchHintIndex where the logs may agree, at best
     * @return whether that is news, and the next entry to send was lowered; an answer that came late changes nothing
     */
    public boolean maybeDecreaseTo(long rejectedIndex, long matchHintIndex) {
        if (state == ProgressState.REPLICATE) {
            if (Long.compareUnsigned(rejectedIndex, matchIndex) <= 0) {
                return false;
            }
            nextIndex = matchIndex + 1;
            sentCommitIndex = min(sentCommitIndex, nextIndex - 1);
            return true;
        }
        // Probing is one append at a time: an answer to any but the latest is late.
        if (nextIndex - 1 != rejectedIndex) {
            return false;
        }
        nextIndex = max(min(rejectedIndex, matchHintIndex + 1), matchIndex + 1);
        sentCommitIndex = min(sentCommitIndex, nextIndex - 1);
        appendFlowPaused = false;
        return true;
    }

    /** Whether the member gets no appends for now. */
    public boolean isPaused() {
        return switch (state) {
            case PROBE, REPLICATE -> appendFlowPaused;
            case SNAPSHOT -> true;
        };
    }

    /** Sends no append until something lifts the pause. */
    public void pauseAppendFlow() {
        appendFlowPaused = true;
    }

    /** Allows one append again. */
    public void resumeAppendFlow() {
        appendFlowPaused = false;
    }

    /** Something came from the member. */
    public void markActive() {
        recentlyActive = true;
    }

    /** The check for a quorum begins anew. */
    public void markInactive() {
        recentlyActive = false;
    }

    /** Index up to which the member's log is known to be the same as the leader's. */
    public long matchIndex() {
        return matchIndex;
    }

    /** The next entry to send to the member. */
    public long nextIndex() {
        return nextIndex;
    }

    /** How the member is fed. */
    public ProgressState state() {
        return state;
    }

    /** The index of the snapshot under way to the member, or 0. */
    public long pendingSnapshotIndex() {
        return pendingSnapshotIndex;
    }

    /** Whether anything came from the member since the leader last checked for its quorum. */
    public boolean isRecentlyActive() {
        return recentlyActive;
    }

    /** Whether the member replicates the log without a vote. */
    public boolean isLearner() {
        return role == MemberRole.LEARNER;
    }

    /** The window of appends under way, not a copy. */
    public Inflights inflights() {
        return inflights;
    }

    private void checkMatchBelowNext() {
        if (Long.compareUnsigned(matchIndex, nextIndex) >= 0) {
            throw new IllegalStateException("match " + Long.toUnsignedString(matchIndex) + " is not below next "
                    + Long.toUnsignedString(nextIndex));
        }
    }

    private static long min(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    private static long max(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    /** For example {@code StateReplicate match=3 next=5 learner paused inflight=2[full]}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(state);
        text.append(" match=").append(Long.toUnsignedString(matchIndex));
        text.append(" next=").append(Long.toUnsignedString(nextIndex));
        if (isLearner()) {
            text.append(" learner");
        }
        if (isPaused()) {
            text.append(" paused");
        }
        if (pendingSnapshotIndex != 0) {
            text.append(" pendingSnap=").append(Long.toUnsignedString(pendingSnapshotIndex));
        }
        if (!recentlyActive) {
            text.append(" inactive");
        }
        if (inflights.count() > 0) {
            text.append(" inflight=").append(inflights.count());
            if (inflights.isFull()) {
                text.append("[full]");
            }
        }
        return text.toString();
    }
}
