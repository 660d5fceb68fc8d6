package io.raftboot.proof;

import io.raftboot.raft.proto.Snapshot;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a disk would bring up if its machine died now: the log and the promises that were forced. Kept up record by record, as they
 * are forced, from the bytes of the files; what the member itself believes has no part in it.
 */
public final class ForcedLog implements LogView {
    private final long member;
    private final Observer observer;
    private final TreeSet<Long> memberChanges = new TreeSet<>();
    private long[] terms = new long[256];
    private long baseIndex;
    private long baseTerm;
    private int count;
    private boolean opened;
    private Promise promise = Promise.NONE;
    private @Nullable Snapshot snapshot;

    /** @param observer told of each change, on behalf of the member */
    public ForcedLog(long member, Observer observer) {
        this.member = member;
        this.observer = observer;
    }

    public Promise promise() {
        return promise;
    }

    /** Index that the log begins behind. */
    public long baseIndex() {
        return baseIndex;
    }

    @Override
    public long lastIndex() {
        return baseIndex + count;
    }

    @Override
    public long term(long index) {
        if (index == baseIndex) {
            return baseTerm;
        }
        return index < baseIndex || index > lastIndex() ? UNKNOWN : terms[(int) (index - baseIndex - 1)];
    }

    /** The newest snapshot that the log names; null if there is none. */
    public @Nullable Snapshot snapshot() {
        return snapshot;
    }

    public long snapshotIndex() {
        return snapshot == null ? 0 : snapshot.getMetadata().getIndex();
    }

    /** Whether what is committed up to this entry is there, as entries or in a snapshot. */
    public boolean holds(long index, long term) {
        return term(index) == term || index <= snapshotIndex();
    }

    /** Indexes of the entries that change the configuration, of those that are there. */
    public NavigableSet<Long> memberChanges() {
        return memberChanges;
    }

    // What is forced, in the order of the records.

    public void entry(long index, long term, long hash, boolean changesMembers) {
        if (index != lastIndex() + 1) {
            throw new IllegalStateException("entry " + index + " was forced behind " + lastIndex());
        }
        long previousTerm = term(index - 1);
        if (count == terms.length) {
            terms = Arrays.copyOf(terms, 2 * count);
        }
        terms[count++] = term;
        if (changesMembers) {
            memberChanges.add(index);
        }
        observer.entryForced(member, index, term, previousTerm, hash, changesMembers);
    }

    public void promise(Promise now) {
        var before = promise;
        promise = now;
        observer.hardStateForced(member, before, now);
    }

    public void taken(Snapshot newest) {
        long before = snapshotIndex();
        snapshot = newest;
        // Each segment repeats it.
        if (snapshotIndex() != before) {
            observer.snapshotForced(member, newest, false);
        }
    }

    public void installed(Snapshot newest) {
        snapshot = newest;
        restart(newest.getMetadata().getIndex(), newest.getMetadata().getTerm());
        observer.snapshotForced(member, newest, true);
    }

    public void end(long index, long term) {
        if (!opened || index < baseIndex) {
            opened = true;
            restart(index, term);
        } else if (index < lastIndex()) {
            long endedAt = lastIndex();
            long endedTerm = term(endedAt);
            count = (int) (index - baseIndex);
            memberChanges.tailSet(index, false).clear();
            observer.logCut(member, index, endedAt, endedTerm);
        }
    }

    private void restart(long index, long term) {
        opened = true;
        baseIndex = index;
        baseTerm = term;
        count = 0;
        memberChanges.clear();
    }

    /** All that was forced has been told. */
    void forced() {
        observer.forced(member, this);
    }
}
