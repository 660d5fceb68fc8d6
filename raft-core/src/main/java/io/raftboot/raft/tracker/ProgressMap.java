package io.raftboot.raft.tracker;

import io.raftboot.raft.quorum.AckedIndexer;
import io.raftboot.raft.quorum.IdSet;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The progress of each member, by id in ascending unsigned order. Which members there are never changes, their progress
 * does. Looking up and going through allocate nothing.
 */
public final class ProgressMap implements AckedIndexer {
    /** The map without members. */
    public static final ProgressMap EMPTY = new ProgressMap(IdSet.EMPTY, new Progress[0]);

    private final IdSet ids;

    /** Progress, at each position that of the member whose id is there in {@code ids}. */
    private final Progress[] progress;

    private ProgressMap(IdSet ids, Progress[] progress) {
        this.ids = ids;
        this.progress = progress;
    }

    /** The members' ids. */
    public IdSet ids() {
        return ids;
    }

    /** How many members there are. */
    public int size() {
        return progress.length;
    }

    /** The progress of the member at a position of the ascending order of the ids. */
    public Progress at(int position) {
        return progress[position];
    }

    /** The progress of a member, or null if there is none of that id. */
    public @Nullable Progress get(long id) {
        int position = ids.indexOf(id);
        return position < 0 ? null : progress[position];
    }

    /** The index up to which the member's log matches. */
    @Override
    public long ackedIndex(long id) {
        Progress found = get(id);
        return found == null ? UNKNOWN : found.matchIndex();
    }

    /** The members of this map and this one, whose former progress, if there is one, is replaced. */
    public ProgressMap with(long id, Progress newProgress) {
        IdSet newIds = ids.with(id);
        Progress[] entries = new Progress[newIds.size()];
        for (int i = 0; i < entries.length; i++) {
            long each = newIds.get(i);
            entries[i] = each == id ? newProgress : progress[ids.indexOf(each)];
        }
        return new ProgressMap(newIds, entries);
    }

    /** The members of this map but one. */
    public ProgressMap without(long id) {
        int position = ids.indexOf(id);
        if (position < 0) {
            return this;
        }
        Progress[] entries = new Progress[progress.length - 1];
        System.arraycopy(progress, 0, entries, 0, position);
        System.arraycopy(progress, position + 1, entries, position, entries.length - position);
        return new ProgressMap(ids.without(id), entries);
    }

    /** Copies of all progress, that share nothing with this map; unmodifiable, in ascending unsigned order of the ids. */
    public NavigableMap<Long, Progress> copy() {
        NavigableMap<Long, Progress> copy = new TreeMap<>(Long::compareUnsigned);
        for (int i = 0; i < progress.length; i++) {
            copy.put(ids.get(i), progress[i].copy());
        }
        return Collections.unmodifiableNavigableMap(copy);
    }

    /** A line for each member, its id in decimal: {@code 1: StateProbe match=0 next=1}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < progress.length; i++) {
            text.append(Long.toUnsignedString(ids.get(i)))
                    .append(": ")
                    .append(progress[i])
                    .append('\n');
        }
        return text.toString();
    }
}
