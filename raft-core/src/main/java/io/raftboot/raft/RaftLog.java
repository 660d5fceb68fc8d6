package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The log as one piece: what the {@link Storage} holds, and behind it what is {@link Unstable}; and how far it is
 * committed and applied (etcd-raft {@code raftLog}). Always {@code applied <= applying <= committed <= lastIndex}.
 *
 * <p>A term is asked for on every step, often for an index that is just not there; so "not there" is
 * {@link Unstable#UNKNOWN_TERM} here and no exception.
 */
final class RaftLog {
    private static final List<Entry> BEING_FETCHED = Collections.unmodifiableList(new ArrayList<>(0));

    private final Storage storage;
    private final Logger logger;
    private final Unstable unstable;
    private final long maxApplyingBytes;

    private long committedIndex;
    /** Index of the last entry that the application has been told to apply. */
    private long applyingIndex;
    /** Index of the last entry that the application is known to have applied. */
    private long appliedIndex;
    /** Bytes of the entries between the two. */
    private long applyingBytes;
    /** Whether nothing more is handed out until some of it has been applied. */
    private boolean applyingPaused;
    /** Whether what is to be applied next is being fetched. */
    private boolean applyingUnfetched;

    /**
     * @param maxApplyingBytes limit on what is handed out to be applied and not yet acknowledged; at least one entry is
     *     handed out whatever the limit
     */
    RaftLog(Storage storage, long maxApplyingBytes, Logger logger) {
        this.storage = storage;
        this.logger = logger;
        this.maxApplyingBytes = Math.max(1, EntrySizes.signed(maxApplyingBytes));
        unstable = new Unstable(storage.lastIndex() + 1, logger);
        committedIndex = storage.firstIndex() - 1;
        applyingIndex = committedIndex;
        appliedIndex = committedIndex;
    }

    // Positions

    long committedIndex() {
        return committedIndex;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    long maxApplyingBytes() {
        return maxApplyingBytes;
    }

    Storage storage() {
        return storage;
    }

    long firstIndex() {
        long index = unstable.firstIndex();
        return index != Unstable.NO_INDEX ? index : storage.firstIndex();
    }

    long lastIndex() {
        long index = unstable.lastIndex();
        return index != Unstable.NO_INDEX ? index : storage.lastIndex();
    }

    long lastTerm() {
        long term = term(lastIndex());
        if (term == Unstable.UNKNOWN_TERM) {
            throw Invariants.broken(logger, "unexpected error when getting the last term at index " + lastIndex());
        }
        return term;
    }

    /** The term at that index, which is known from that of the entry before the first one to the last one. */
    long term(long index) {
        long term = unstable.term(index);
        if (term != Unstable.UNKNOWN_TERM) {
            return term;
        }
        if (index + 1 < firstIndex() || index > lastIndex()) {
            return Unstable.UNKNOWN_TERM;
        }
        try {
            return storage.term(index);
        } catch (CompactedException | UnavailableException e) {
            // The storage was compacted since it was asked for its first index: as good as not there.
            return Unstable.UNKNOWN_TERM;
        }
    }

    long termOrZero(long index) {
        long term = term(index);
        return term == Unstable.UNKNOWN_TERM ? 0 : term;
    }

    boolean matchTerm(long index, long term) {
        long known = term(index);
        return known != Unstable.UNKNOWN_TERM && known == term;
    }

    /** Whether a log that ends so has at least all that is committed here (dissertation section 3.6.1). */
    boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
        long lastTerm = lastTerm();
        return otherLastTerm > lastTerm || (otherLastTerm == lastTerm && otherLastIndex >= lastIndex());
    }

    // Appending

    /**
     * Takes entries from the leader, if this log holds the entry before them.
     *
     * @return false if it doesn't; nothing has changed
     */
    boolean maybeAppend(long previousIndex, long previousTerm, List<Entry> entries, long leaderCommitIndex) {
        if (!matchTerm(previousIndex, previousTerm)) {
            return false;
        }
        int firstNew = findConflict(entries);
        if (firstNew < entries.size()) {
            long index = entries.get(firstNew).getIndex();
            if (index <= committedIndex) {
                throw Invariants.broken(
                        logger,
                        "entry " + index + " conflict with committed entry [committed(" + committedIndex + ")]");
            }
            append(firstNew == 0 ? entries : entries.subList(firstNew, entries.size()));
        }
        commitTo(Math.min(leaderCommitIndex, previousIndex + entries.size()));
        return true;
    }

    /** Appends entries, replacing what is there from the first one's index on. */
    void append(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        long after = entries.get(0).getIndex() - 1;
        if (after < committedIndex) {
            throw Invariants.broken(logger, "after(" + after + ") is out of range [committed(" + committedIndex + ")]");
        }
        unstable.truncateAndAppend(entries);
    }

    /** The position of the first entry that this log does not hold; the number of entries if it holds all. */
    private int findConflict(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            long index = entry.getIndex();
            if (!matchTerm(index, entry.getTerm())) {
                if (index <= lastIndex()) {
                    logger.info(
                            "found conflict at index {} [existing term: {}, conflicting term: {}]",
                            index,
                            termOrZero(index),
                            entry.getTerm());
                }
                return i;
            }
        }
        return entries.size();
    }

    /**
     * A guess at where this log and another stop being the same, of which only one entry's index and term are known:
     * the greatest index up to that one whose term here is not greater, or is not known. Used by both sides after a
     * rejected append, it lets a leader find the place with at most one probe for each term.
     */
    long findConflictByTerm(long index, long term) {
        for (long i = index; i > 0; i--) {
            long known = term(i);
            if (known == Unstable.UNKNOWN_TERM || known <= term) {
                return i;
            }
        }
        return 0;
    }

    void restore(Snapshot snapshot) {
        logger.info(
                "log [{}] starts to restore snapshot [index: {}, term: {}]",
                this,
                snapshot.getMetadata().getIndex(),
                snapshot.getMetadata().getTerm());
        committedIndex = snapshot.getMetadata().getIndex();
        applyingUnfetched = false;
        unstable.restore(snapshot);
    }

    // Committing and applying

    /** Commits up to an index if its entry is of that term (dissertation section 3.6.2). */
    boolean maybeCommit(long index, long term) {
        if (index > committedIndex && term != 0 && termOrZero(index) == term) {
            commitTo(index);
            return true;
        }
        return false;
    }

    void commitTo(long index) {
        if (index <= committedIndex) {
            return;
        }
        if (index > lastIndex()) {
            throw Invariants.broken(
                    logger,
                    "tocommit(" + index + ") is out of range [lastIndex(" + lastIndex()
                            + ")]. Was the raft log corrupted, truncated, or lost?");
        }
        committedIndex = index;
    }

    /**
     * The entries to be applied next; empty while a snapshot has not been installed, or too much is being applied, or they
     * are being fetched.
     */
    List<Entry> nextCommittedEntries(boolean allowUnstable) {
        if (!hasNextCommittedEntries(allowUnstable)) {
            return List.of();
        }
        long low = applyingIndex + 1;
        long high = maxAppliableIndex(allowUnstable) + 1;
        try {
            List<Entry> entries = slice(low, high, maxApplyingBytes - applyingBytes);
            applyingUnfetched = isBeingFetched(entries);
            return entries;
        } catch (CompactedException e) {
            throw Invariants.broken(logger, "unexpected error when getting unapplied entries (" + e.getMessage() + ")");
        }
    }

    boolean hasNextCommittedEntries(boolean allowUnstable) {
        // What comes first, the snapshot or entries behind it? The snapshot, so no entries until it is installed.
        return !applyingPaused
                && !applyingUnfetched
                && !hasNextOrInProgressSnapshot()
                && applyingIndex < maxAppliableIndex(allowUnstable);
    }

    /** The storage has fetched entries: perhaps those that are to be applied next. */
    void entriesFetched() {
        applyingUnfetched = false;
    }

    private long maxAppliableIndex(boolean allowUnstable) {
        return allowUnstable ? committedIndex : Math.min(committedIndex, unstable.offset() - 1);
    }

    /** The application has been told to apply up to that index. */
    void acceptApplying(long index, long sizeBytes, boolean allowUnstable) {
        if (index > committedIndex) {
            throw Invariants.broken(
                    logger,
                    "applying(" + index + ") is out of range [prevApplying(" + applyingIndex + "), committed("
                            + committedIndex + ")]");
        }
        applyingIndex = index;
        applyingBytes += sizeBytes;
        // If fewer entries were taken than there were, it was a limit that cut them off.
        applyingPaused = applyingBytes >= maxApplyingBytes || index < maxAppliableIndex(allowUnstable);
    }

    void appliedTo(long index, long sizeBytes) {
        if (index > committedIndex || index < appliedIndex) {
            throw Invariants.broken(
                    logger,
                    "applied(" + index + ") is out of range [prevApplied(" + appliedIndex + "), committed("
                            + committedIndex + ")]");
        }
        appliedIndex = index;
        applyingIndex = Math.max(applyingIndex, index);
        applyingBytes = Math.max(0, applyingBytes - sizeBytes);
        applyingPaused = applyingBytes >= maxApplyingBytes;
    }

    // What is to be written

    List<Entry> nextUnstableEntries() {
        return unstable.nextEntries();
    }

    boolean hasNextUnstableEntries() {
        return unstable.hasNextEntries();
    }

    boolean hasNextOrInProgressUnstableEntries() {
        return unstable.size() > 0;
    }

    @Nullable
    Snapshot nextUnstableSnapshot() {
        return unstable.nextSnapshot();
    }

    boolean hasNextOrInProgressSnapshot() {
        return unstable.snapshot() != null;
    }

    void acceptUnstable() {
        unstable.acceptInProgress();
    }

    void stableTo(long index, long term) {
        unstable.stableTo(index, term);
    }

    void stableSnapshotTo(long index) {
        unstable.stableSnapshotTo(index);
    }

    // Reading

    Snapshot snapshot() throws SnapshotTemporarilyUnavailableException {
        Snapshot pending = unstable.snapshot();
        return pending != null ? pending : storage.snapshot();
    }

    /** The entries from that index on, as {@link #slice} gives them; empty behind the last one. */
    List<Entry> entries(long low, long maxSizeBytes) throws CompactedException {
        long lastIndex = lastIndex();
        return low > lastIndex ? List.of() : slice(low, lastIndex + 1, maxSizeBytes);
    }

    /**
     * The entries in [low, high) that fit into the limit, at least one if there is any.
     *
     * @return a list that {@link #isBeingFetched} knows if the storage has to fetch them first
     */
    List<Entry> slice(long low, long high, long maxSizeBytes) throws CompactedException {
        checkRange(low, high);
        if (low == high) {
            return List.of();
        }
        long offset = unstable.offset();
        if (low >= offset) {
            return EntrySizes.limit(unstable.slice(low, high), maxSizeBytes);
        }
        long storedHigh = Math.min(high, offset);
        List<Entry> stored = storedEntries(low, storedHigh, maxSizeBytes);
        if (high <= offset || stored.size() < storedHigh - low) {
            return stored;
        }
        List<Entry> rest = unstable.slice(offset, high);
        List<Entry> joined = new ArrayList<>(stored.size() + rest.size());
        joined.addAll(stored);
        joined.addAll(rest);
        return EntrySizes.limit(joined, maxSizeBytes);
    }

    private List<Entry> storedEntries(long low, long high, long maxSizeBytes) throws CompactedException {
        try {
            return storage.entries(low, high, maxSizeBytes);
        } catch (EntriesTemporarilyUnavailableException e) {
            return BEING_FETCHED;
        } catch (UnavailableException e) {
            throw Invariants.broken(logger, "entries[" + low + ":" + high + ") is unavailable from storage");
        }
    }

    /** Whether these stand for entries that are there, but can't be had yet. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isBeingFetched(List<Entry> entries) {
        return entries == BEING_FETCHED;
    }

    private void checkRange(long low, long high) throws CompactedException {
        if (low > high) {
            throw Invariants.broken(logger, "invalid slice " + low + " > " + high);
        }
        long firstIndex = firstIndex();
        if (low < firstIndex) {
            throw new CompactedException();
        }
        if (high > lastIndex() + 1) {
            throw Invariants.broken(
                    logger, "slice[" + low + "," + high + ") out of bound [" + firstIndex + "," + lastIndex() + "]");
        }
    }

    @Override
    public String toString() {
        return "committed=" + committedIndex + ", applied=" + appliedIndex + ", applying=" + applyingIndex
                + ", unstable.offset=" + unstable.offset() + ", unstable.offsetInProgress="
                + unstable.offsetInProgress() + ", len(unstable.Entries)=" + unstable.size();
    }
}
