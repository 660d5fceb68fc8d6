package io.raftboot.storage.log;

import java.util.ArrayDeque;

/**
 * The segments that hold the log, oldest first, and up to which index each one still matters. The last one is written to.
 * Not thread-safe.
 */
public final class SegmentList {
    private final ArrayDeque<Use> uses = new ArrayDeque<>();

    void add(long number, long sizeBytes) {
        uses.addLast(new Use(number, sizeBytes));
    }

    /** Says that the last segment holds entries up to this index. */
    void extendTo(long index) {
        var last = uses.getLast();
        last.lastIndex = Math.max(last.lastIndex, index);
    }

    /** Says that the log was cut behind this index. */
    void cutBehind(long index) {
        for (var use : uses) {
            use.lastIndex = Math.min(use.lastIndex, index);
        }
    }

    void resize(long sizeBytes) {
        uses.getLast().sizeBytes = sizeBytes;
    }

    public long current() {
        return uses.getLast().number;
    }

    /** Whether the oldest segment holds nothing behind the index, and is not the one that is written to. */
    boolean firstEndsAt(long index) {
        return uses.size() > 1 && uses.getFirst().lastIndex <= index;
    }

    long first() {
        return uses.getFirst().number;
    }

    void removeFirst() {
        uses.removeFirst();
    }

    long totalBytes() {
        long total = 0;
        for (var use : uses) {
            total += use.sizeBytes;
        }
        return total;
    }

    private static final class Use {
        private final long number;
        private long sizeBytes;
        private long lastIndex;

        Use(long number, long sizeBytes) {
            this.number = number;
            this.sizeBytes = sizeBytes;
        }
    }
}
