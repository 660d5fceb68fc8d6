package io.raftboot.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.observation.DefaultRaftCommandObservationConvention;
import io.raftboot.spring.observation.DefaultRaftQueryObservationConvention;
import io.raftboot.spring.observation.RaftCall;
import io.raftboot.spring.observation.RaftCommandObservationContext;
import io.raftboot.spring.observation.RaftCommandObservationConvention;
import io.raftboot.spring.observation.RaftObservation;
import io.raftboot.spring.observation.RaftQueryObservationContext;
import io.raftboot.spring.observation.RaftQueryObservationConvention;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes an observation of each call of the template, open on the calling thread while the call is made and stopped when it is done. An
 * end that can't be told, because a handler or a convention throws, makes no difference to the call. Any thread.
 */
final class ObservedCalls implements CallObserver {
    private static final RaftCommandObservationConvention COMMAND = new DefaultRaftCommandObservationConvention();
    private static final RaftQueryObservationConvention QUERY = new DefaultRaftQueryObservationConvention();

    private final ObservationRegistry registry;
    private final Conventions conventions;
    private final ObservedMember member;
    private final Mishaps mishaps = new Mishaps();

    /**
     * What the application says otherwise.
     *
     * @param command null for the default
     * @param query null for the default
     */
    record Conventions(
            @Nullable RaftCommandObservationConvention command, @Nullable RaftQueryObservationConvention query) {}

    ObservedCalls(ObservationRegistry registry, Conventions conventions, ObservedMember member) {
        this.registry = registry;
        this.conventions = conventions;
        this.member = member;
    }

    @Override
    public CompletableFuture<Outcome> command(
            String machine, @Nullable String operation, Supplier<CompletableFuture<Outcome>> call) {
        if (registry.isNoop()) {
            return call.get();
        }
        var context = new RaftCommandObservationContext(called(machine, operation));
        return around(
                RaftObservation.COMMAND.observation(conventions.command(), COMMAND, () -> context, registry),
                call,
                outcome -> {
                    context.outcome(outcome);
                    if (outcome instanceof Outcome.Failed failed && failed.original() != null) {
                        context.setError(failed.original());
                    }
                });
    }

    @Override
    public CompletableFuture<ReadOutcome> query(
            String machine,
            @Nullable String operation,
            Consistency consistency,
            Supplier<CompletableFuture<ReadOutcome>> call) {
        if (registry.isNoop()) {
            return call.get();
        }
        var context = new RaftQueryObservationContext(called(machine, operation), consistency);
        return around(
                RaftObservation.QUERY.observation(conventions.query(), QUERY, () -> context, registry),
                call,
                outcome -> {
                    context.outcome(outcome);
                    if (outcome instanceof ReadOutcome.Failed failed) {
                        context.setError(failed.cause());
                    }
                });
    }

    private RaftCall called(String machine, @Nullable String operation) {
        return new RaftCall(member.group(), member.nodeId(), machine, operation);
    }

    private <T> CompletableFuture<T> around(
            Observation observation, Supplier<CompletableFuture<T>> call, Consumer<T> told) {
        observation.start();
        var scope = observation.openScope();
        CompletableFuture<T> called;
        try {
            called = call.get();
        } catch (RuntimeException | Error e) {
            mishaps.keep(() -> observation.error(e).stop());
            throw e;
        } finally {
            // The call is under way: that a scope can't be closed must not be taken for its failure.
            mishaps.keep(scope::close);
        }
        return called.whenComplete((outcome, failure) -> mishaps.keep(() -> {
            if (outcome != null) {
                told.accept(outcome);
            }
            Throwable error = failure == null ? observation.getContext().getError() : failure;
            if (error != null) {
                observation.error(error);
            }
            observation.stop();
        }));
    }
}
