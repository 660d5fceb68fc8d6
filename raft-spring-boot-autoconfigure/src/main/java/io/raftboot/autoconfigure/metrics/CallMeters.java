package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what callers ask of this member, by state machine. They are made for the state machines that there are, so that a name that
 * somebody makes up leaves none behind. Any thread.
 */
final class CallMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, OfMachine> machines = new ConcurrentHashMap<>();
    private final Map<RefusalReason, Counter> refused = new EnumMap<>(RefusalReason.class);

    private enum CommandEnd {
        APPLIED,
        FAILED,
        REFUSED,
        UNKNOWN
    }

    private enum QueryEnd {
        ANSWERED,
        FAILED,
        REFUSED
    }

    private record OfMachine(Map<CommandEnd, Timer> commands, Map<Consistency, Map<QueryEnd, Timer>> queries) {}

    CallMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        for (var reason : RefusalReason.values()) {
            refused.put(
                    reason,
                    tags.counter(
                            registry,
                            "raft.calls.refused",
                            "Commands and queries of which it is certain that nothing was done, by reason",
                            "reason",
                            word(reason)));
        }
    }

    void register(Collection<String> names) {
        for (String name : names) {
            machines.computeIfAbsent(name, this::ofMachine);
        }
    }

    private OfMachine ofMachine(String machine) {
        var commands = new EnumMap<CommandEnd, Timer>(CommandEnd.class);
        for (var end : CommandEnd.values()) {
            commands.put(
                    end,
                    tags.timer(
                            registry,
                            "raft.commands",
                            "Commands that were asked of this member, until their outcome is known here",
                            "machine",
                            machine,
                            "outcome",
                            word(end)));
        }
        var queries = new EnumMap<Consistency, Map<QueryEnd, Timer>>(Consistency.class);
        for (var consistency : Consistency.values()) {
            var ends = new EnumMap<QueryEnd, Timer>(QueryEnd.class);
            for (var end : QueryEnd.values()) {
                ends.put(
                        end,
                        tags.timer(
                                registry,
                                "raft.queries",
                                "Queries that were asked of this member, until they are answered",
                                "machine",
                                machine,
                                "consistency",
                                word(consistency),
                                "outcome",
                                word(end)));
            }
            queries.put(consistency, ends);
        }
        return new OfMachine(commands, queries);
    }

    void command(String machine, @Nullable Outcome outcome, long nanos) {
        if (outcome instanceof Outcome.Refused known) {
            count(known.reason());
        }
        var of = machines.get(machine);
        if (of != null) {
            record(of.commands().get(end(outcome)), nanos);
        }
    }

    void query(String machine, Consistency consistency, @Nullable ReadOutcome outcome, long nanos) {
        if (outcome instanceof ReadOutcome.Refused known) {
            count(known.reason());
        }
        var of = machines.get(machine);
        var ends = of == null ? null : of.queries().get(consistency);
        if (ends != null) {
            record(ends.get(end(outcome)), nanos);
        }
    }

    private void count(RefusalReason reason) {
        var counter = refused.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    private static void record(@Nullable Timer timer, long nanos) {
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static CommandEnd end(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Applied) {
            return CommandEnd.APPLIED;
        }
        if (outcome instanceof Outcome.Refused) {
            return CommandEnd.REFUSED;
        }
        return outcome instanceof Outcome.Failed ? CommandEnd.FAILED : CommandEnd.UNKNOWN;
    }

    private static QueryEnd end(@Nullable ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Answered) {
            return QueryEnd.ANSWERED;
        }
        return outcome instanceof ReadOutcome.Refused ? QueryEnd.REFUSED : QueryEnd.FAILED;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
