package io.raftboot.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * When which fault was there, how often it has really fired, and what the clients felt of it: the times without a successful write.
 * Any thread.
 */
final class FaultLog {
    /** Shorter ones are a part of a normal day. */
    private static final long LEAST_GAP_NANOS = 100_000_000;

    private final LongSupplier clock;
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private final List<Running> faults = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final long begin;
    private long lastWrite;
    private boolean watched = true;

    private record Gap(long from, long to) {
        long millis() {
            return (to - from) / 1_000_000;
        }
    }

    /** The longest time without a successful write: with this kind of fault alone, and with others as well; 0 for none. */
    record Longest(long aloneMillis, long withOthersMillis) {}

    FaultLog(LongSupplier nanoClock) {
        clock = nanoClock;
        begin = clock.getAsLong();
        lastWrite = begin;
    }

    /** A fault that is there until it is ended. */
    final class Running {
        private final Fault kind;
        private final String what;
        private final long from;
        private long to = Long.MAX_VALUE;

        private Running(Fault kind, String what, long from) {
            this.kind = kind;
            this.what = what;
            this.from = from;
        }

        /** @param times it has fired meanwhile; of one that did not fire none is counted */
        void end(int times) {
            synchronized (FaultLog.this) {
                to = clock.getAsLong();
                fired.merge(kind, times, Integer::sum);
                lines.add(seconds(from) + " to " + seconds(to) + " s: " + kind.text() + " " + what
                        + (times == 0 ? ", did not fire" : ""));
            }
        }
    }

    synchronized Running begin(Fault kind, String what) {
        var running = new Running(kind, what, clock.getAsLong());
        faults.add(running);
        return running;
    }

    /** From here on times without a successful write count: the members have started. */
    synchronized void watch() {
        gaps.clear();
        lastWrite = clock.getAsLong();
    }

    /** The last time without a successful write ends here, and none begins. */
    synchronized void endWatch() {
        written();
        watched = false;
    }

    /** A client knows that a write of its is done. */
    synchronized void written() {
        if (!watched) {
            return;
        }
        long now = clock.getAsLong();
        if (now - lastWrite >= LEAST_GAP_NANOS) {
            gaps.add(new Gap(lastWrite, now));
        }
        lastWrite = now;
    }

    synchronized int fired(Fault kind) {
        return fired.getOrDefault(kind, 0);
    }

    /** How often which kind has fired so far. */
    synchronized Map<Fault, Integer> counts() {
        return new EnumMap<>(fired);
    }

    /** What was done, in the order in which it ended. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized Longest longest(Fault kind) {
        long alone = 0;
        long withOthers = 0;
        for (Gap gap : gaps) {
            var present = during(gap);
            if (present.contains(kind)) {
                if (present.size() == 1) {
                    alone = Math.max(alone, gap.millis());
                } else {
                    withOthers = Math.max(withOthers, gap.millis());
                }
            }
        }
        return new Longest(alone, withOthers);
    }

    /** The longest time without a successful write in which there was no fault. */
    synchronized long longestWithoutFault() {
        return gaps.stream()
                .filter(gap -> during(gap).isEmpty())
                .mapToLong(Gap::millis)
                .max()
                .orElse(0);
    }

    synchronized long longestMillis() {
        return gaps.stream().mapToLong(Gap::millis).max().orElse(0);
    }

    private Set<Fault> during(Gap gap) {
        var present = EnumSet.noneOf(Fault.class);
        for (Running fault : faults) {
            if (fault.from < gap.to() && fault.to > gap.from()) {
                present.add(fault.kind);
            }
        }
        return present;
    }

    private String seconds(long time) {
        return String.format(Locale.ROOT, "%.1f", (time - begin) / 1e9);
    }
}
