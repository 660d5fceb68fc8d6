package io.raftboot.replica.report;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.meter.MemberMeter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts calls by state machine and by what became of them; a name that somebody makes up leaves nothing behind. Any thread. */
final class CallCounts implements MemberMeter {
    private final Supplier<Set<String>> machines;
    private final Map<String, Map<String, LongAdder>> counts = new ConcurrentHashMap<>();

    /** @param machines names of the state machines that there are */
    CallCounts(Supplier<Set<String>> machines) {
        this.machines = machines;
    }

    @Override
    public void command(String machine, @Nullable Outcome outcome, long nanos) {
        count(
                machine,
                outcome instanceof Outcome.Applied
                        ? "commands.applied"
                        : outcome instanceof Outcome.Failed
                                ? "commands.failed"
                                : outcome instanceof Outcome.Refused ? "commands.refused" : "commands.unknown");
    }

    @Override
    public void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        count(
                machine,
                outcome instanceof ReadOutcome.Answered
                        ? "queries.answered"
                        : outcome instanceof ReadOutcome.Refused ? "queries.refused" : "queries.failed");
    }

    private void count(String machine, String what) {
        var of = counts.get(machine);
        if (of == null) {
            if (!machines.get().contains(machine)) {
                return;
            }
            of = counts.computeIfAbsent(machine, name -> new ConcurrentHashMap<>());
        }
        of.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    Map<String, Map<String, Long>> all() {
        var all = new TreeMap<String, Map<String, Long>>();
        counts.forEach((machine, of) -> {
            var sums = new TreeMap<String, Long>();
            of.forEach((what, count) -> sums.put(what, count.sum()));
            all.put(machine, sums);
        });
        return all;
    }
}
