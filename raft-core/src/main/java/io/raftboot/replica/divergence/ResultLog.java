package io.raftboot.replica.divergence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hashes of the results of the newest entries, each with the name of its command, so that the first that differs from another
 * member's can be told. As many entries as lie between two comparisons, twice over: at most some 2.5 MB. Owned by the apply stage.
 */
public final class ResultLog {
    /** Entries that are known at least: of commands that come fast, a few hundred are applied until somebody asks. */
    private static final int LEAST_ENTRIES = 1024;

    /** Names that are told apart; an application has a few dozen. */
    private static final int MAX_NAMES = 4096;

    private static final int NO_NAME = 0;

    private final long[] hashes;
    private final int[] names;
    private final List<@Nullable String> nameById = new ArrayList<>();
    private final Map<String, Integer> idByName = new HashMap<>();
    private long firstIndex = 1;
    private long lastIndex;

    /**
     * What is known of a row of entries.
     *
     * @param firstIndex of the hashes; they are {@link Hash64#NONE} for entries without a result
     * @param hashes by entry
     * @param names of the commands, by entry; null where there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Slice(long firstIndex, long[] hashes, List<@Nullable String> names) {
        /** Index of the first entry that both know and whose results differ; 0 if there is none. */
        long firstDifference(long otherFirstIndex, List<Long> others) {
            long from = Math.max(firstIndex, otherFirstIndex);
            long to = Math.min(firstIndex + hashes.length, otherFirstIndex + others.size());
            for (long index = from; index < to; index++) {
                long own = hashes[(int) (index - firstIndex)];
                long other = others.get((int) (index - otherFirstIndex));
                if (own != Hash64.NONE && other != Hash64.NONE && own != other) {
                    return index;
                }
            }
            return 0;
        }

        /** Name of the command at an index; null if it is not known. */
        @Nullable
        String name(long index) {
            long place = index - firstIndex;
            return place >= 0 && place < names.size() ? names.get((int) place) : null;
        }
    }

    ResultLog(int everyEntries) {
        int capacity = Math.max(LEAST_ENTRIES, 2 * everyEntries);
        this.hashes = new long[capacity];
        this.names = new int[capacity];
        nameById.add(null);
    }

    /** The next entry; one that does not follow the last begins anew. */
    void add(long index, long hash, @Nullable String name) {
        if (index != lastIndex + 1) {
            firstIndex = index;
        }
        lastIndex = index;
        firstIndex = Math.max(firstIndex, lastIndex - hashes.length + 1);
        int place = (int) (index % hashes.length);
        hashes[place] = hash;
        names[place] = name == null ? NO_NAME : id(name);
    }

    private int id(String name) {
        var known = idByName.get(name);
        if (known != null) {
            return known;
        }
        if (nameById.size() == MAX_NAMES) {
            return NO_NAME;
        }
        idByName.put(name, nameById.size());
        nameById.add(name);
        return nameById.size() - 1;
    }

    /** What is known of the entries behind one index, up to another. */
    Slice slice(long behindIndex, long toIndex) {
        long from = Math.max(firstIndex, behindIndex + 1);
        long to = Math.min(lastIndex, toIndex);
        int count = (int) Math.max(0, to - from + 1);
        long[] found = new long[count];
        var foundNames = new ArrayList<@Nullable String>(count);
        for (int i = 0; i < count; i++) {
            int place = (int) ((from + i) % hashes.length);
            found[i] = hashes[place];
            foundNames.add(nameById.get(names[place]));
        }
        return new Slice(from, found, foundNames);
    }
}
