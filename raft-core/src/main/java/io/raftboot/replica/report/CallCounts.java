package io.raftboot.replica.report;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls by state machine and by what became of them; a name that somebody makes up leaves nothing behind. Each call takes a look
 * into a map and an addition, and no lock. Any thread.
 */
final class CallCounts implements MemberMeter {
    private final Supplier<Set<String>> machines;
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    /** What became of a call, by the name under which it is told. */
    enum End {
        COMMANDS_APPLIED("commands.applied"),
        COMMANDS_FAILED("commands.failed"),
        COMMANDS_REFUSED("commands.refused"),
        COMMANDS_UNKNOWN("commands.unknown"),
        QUERIES_ANSWERED("queries.answered"),
        QUERIES_REFUSED("queries.refused"),
        QUERIES_FAILED("queries.failed");

        private final String toldAs;

        End(String toldAs) {
            this.toldAs = toldAs;
        }

        static End of(@Nullable Outcome outcome) {
            if (outcome instanceof Outcome.Applied) {
                return COMMANDS_APPLIED;
            }
            if (outcome instanceof Outcome.Failed) {
                return COMMANDS_FAILED;
            }
            return outcome instanceof Outcome.Refused ? COMMANDS_REFUSED : COMMANDS_UNKNOWN;
        }

        static End of(@Nullable ReadOutcome outcome) {
            if (outcome instanceof ReadOutcome.Answered) {
                return QUERIES_ANSWERED;
            }
            return outcome instanceof ReadOutcome.Refused ? QUERIES_REFUSED : QUERIES_FAILED;
        }
    }

    /** Of one state machine. All counts are there from the beginning, so that nobody has to put one in. */
    private static final class Counts {
        private final Map<End, LongAdder> byEnd = new EnumMap<>(End.class);

        Counts() {
            for (var end : End.values()) {
                byEnd.put(end, new LongAdder());
            }
        }

        void count(End end) {
            Objects.requireNonNull(byEnd.get(end)).increment();
        }

        /** Of ends that there were. */
        Map<String, Long> told() {
            var told = new TreeMap<String, Long>();
            byEnd.forEach((end, count) -> {
                long sum = count.sum();
                if (sum > 0) {
                    told.put(end.toldAs, sum);
                }
            });
            return told;
        }
    }

    /** @param machines names of the state machines that there are */
    CallCounts(Supplier<Set<String>> machines) {
        this.machines = machines;
    }

    @Override
    public void command(String machine, @Nullable Outcome outcome, long nanos) {
        count(machine, End.of(outcome));
    }

    @Override
    public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        count(machine, End.of(outcome));
    }

    private void count(String machine, End end) {
        var of = counts.get(machine);
        if (of == null) {
            if (!machines.get().contains(machine)) {
                return;
            }
            of = counts.computeIfAbsent(machine, name -> new Counts());
        }
        of.count(end);
    }

    Map<String, Map<String, Long>> all() {
        var all = new TreeMap<String, Map<String, Long>>();
        counts.forEach((machine, of) -> all.put(machine, of.told()));
        return all;
    }
}
