package io.raftboot.replica.duty;

import io.raftboot.agent.Clock;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Measures the calls of a replica, where anybody hears of it. Any thread. */
public record MeteredCalls(MeterRelay meter, Clock clock) {
    public CompletableFuture<Outcome> command(String machine, Supplier<CompletableFuture<Outcome>> call) {
        if (!meter.hears()) {
            return call.get();
        }
        long begunNanos = clock.nanoTime();
        return call.get()
                .whenComplete((outcome, failure) -> meter.command(machine, outcome, clock.nanoTime() - begunNanos));
    }

    public CompletableFuture<ReadOutcome> query(
            String machine, Consistency consistency, Supplier<CompletableFuture<ReadOutcome>> call) {
        if (!meter.hears()) {
            return call.get();
        }
        long begunNanos = clock.nanoTime();
        return call.get()
                .whenComplete((outcome, failure) ->
                        meter.query(machine, consistency, outcome, clock.nanoTime() - begunNanos));
    }
}
