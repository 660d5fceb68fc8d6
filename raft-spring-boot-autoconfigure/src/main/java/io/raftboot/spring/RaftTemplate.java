package io.raftboot.spring;

import io.raftboot.replica.Consistency;
import io.raftboot.replica.Outcome;
import io.raftboot.replica.ReadOutcome;
import io.raftboot.replica.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * The explicit way to a state machine: commands and queries as bytes, or by the name of an annotated bean's method;
 * with a future, or waiting; with options for one call. Any member takes them. Callers come on any thread but the
 * apply stage, where an {@link IllegalStateException} is thrown at once.
 *
 * <p>A future completes on a thread of the replica's, which waits for nobody: give what takes time to an executor
 * ({@code thenApplyAsync}).
 */
public final class RaftTemplate {
    private final Replica replica;
    private final RaftCodec codec;

    public RaftTemplate(Replica replica, RaftCodec codec) {
        this.replica = replica;
        this.codec = codec;
    }

    /** As {@link #submit(String, byte[], RaftCallOptions)}, without options. */
    public CompletableFuture<Outcome> submit(String machine, byte[] command) {
        return submit(machine, command, RaftCallOptions.defaults());
    }

    /**
     * Replicates a command.
     *
     * @param machine name of the state machine
     * @param command not changed by the caller afterwards
     * @return never completes exceptionally
     */
    public CompletableFuture<Outcome> submit(String machine, byte[] command, RaftCallOptions options) {
        ApplyStage.refuseCalls("a command of '" + machine + "'");
        String trouble = misfit(machine, command, RaftMethod.Kind.COMMAND);
        return trouble == null
                ? replica.submit(machine, command, options.timeout())
                : CompletableFuture.completedFuture(new Outcome.Refused(RefusalReason.INVALID, trouble));
    }

    /** As {@link #query(String, byte[], RaftCallOptions)}, without options. */
    public CompletableFuture<ReadOutcome> query(String machine, byte[] query) {
        return query(machine, query, RaftCallOptions.defaults());
    }

    /**
     * Answers a query on this member, linearizable unless the options say otherwise.
     *
     * @param machine name of the state machine
     * @param query   not changed by the caller afterwards
     * @return never completes exceptionally
     */
    public CompletableFuture<ReadOutcome> query(String machine, byte[] query, RaftCallOptions options) {
        ApplyStage.refuseCalls("a query of '" + machine + "'");
        Consistency consistency = options.consistency();
        return replica.read(
                machine, query, consistency == null ? Consistency.LINEARIZABLE : consistency, options.timeout());
    }

    /**
     * Replicates a command and waits for its result.
     *
     * @throws RaftRefusedException        if it was certainly not applied
     * @throws RaftOutcomeUnknownException if it may have been applied
     * @throws RaftCommandException        if it was applied, and its failure is its result
     */
    public byte[] submitAndWait(String machine, byte[] command, RaftCallOptions options) {
        return value(await(submit(machine, command, options), machine), machine).value();
    }

    /**
     * Asks a query and waits for its answer.
     *
     * @throws RaftRefusedException if it was not answered
     * @throws RaftCommandException if the query failed
     */
    public byte[] queryAndWait(String machine, byte[] query, RaftCallOptions options) {
        return value(awaitRead(query(machine, query, options), machine), machine)
                .value();
    }

    /**
     * Replicates a command of an annotated state machine by its name.
     *
     * @param arguments  by the name of the parameter; what is missing is null
     * @param resultType what the command returns
     * @return completes exceptionally with a {@link RaftCallException}
     * @throws IllegalArgumentException if there is no such command, or the arguments do not bind; nothing is proposed
     */
    public <T> CompletableFuture<@Nullable T> submit(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        AnnotatedStateMachine target = annotated(machine);
        RaftMethod method = target.operation(command, RaftMethod.Kind.COMMAND);
        ApplyStage.refuseCalls(describe(machine, method));
        byte[] call = encode(method, positional(method, arguments));
        target.check(call, RaftMethod.Kind.COMMAND);
        return replica.submit(machine, call, options.timeout())
                .thenApply(outcome ->
                        cast(decode(value(outcome, describe(machine, method)).value(), method), resultType));
    }

    /**
     * Asks a query of an annotated state machine by its name, with the consistency that the query declares unless the
     * options say otherwise.
     *
     * @param arguments  by the name of the parameter; what is missing is null
     * @param resultType what the query returns
     * @return completes exceptionally with a {@link RaftCallException}
     * @throws IllegalArgumentException if there is no such query, or the arguments do not bind
     */
    public <T> CompletableFuture<@Nullable T> query(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        AnnotatedStateMachine target = annotated(machine);
        RaftMethod method = target.operation(query, RaftMethod.Kind.QUERY);
        byte[] call = encode(method, positional(method, arguments));
        target.check(call, RaftMethod.Kind.QUERY);
        return query(machine, call, declared(method, options))
                .thenApply(outcome ->
                        cast(decode(value(outcome, describe(machine, method)).value(), method), resultType));
    }

    /** As the future's variant, waiting. */
    public <T> @Nullable T submitAndWait(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        return joined(submit(machine, command, arguments, resultType, options));
    }

    /** As the future's variant, waiting. */
    public <T> @Nullable T queryAndWait(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        return joined(query(machine, query, arguments, resultType, options));
    }

    /** A call through a proxy: the value, or what the method itself threw. */
    @Nullable
    Object call(AnnotatedStateMachine machine, RaftMethod method, @Nullable Object[] arguments) throws Throwable {
        String name = machine.definition().name();
        String wanted = describe(name, method);
        ApplyStage.refuseCalls(wanted);
        byte[] call = encode(method, arguments);
        if (method.kind() == RaftMethod.Kind.COMMAND) {
            machine.check(call, RaftMethod.Kind.COMMAND);
            Outcome outcome = await(replica.submit(name, call, null), wanted);
            if (outcome instanceof Outcome.Failed failed
                    && failed.original() != null
                    && method.declares(failed.original())) {
                throw failed.original();
            }
            return decode(value(outcome, wanted).value(), method);
        }
        ReadOutcome outcome = awaitRead(replica.read(name, call, method.consistency(), null), wanted);
        if (outcome instanceof ReadOutcome.Failed failed && method.declares(failed.cause())) {
            throw failed.cause();
        }
        return decode(value(outcome, wanted).value(), method);
    }

    private @Nullable String misfit(String machine, byte[] call, RaftMethod.Kind kind) {
        StateMachine target = replica.stateMachines().get(machine);
        if (target instanceof AnnotatedStateMachine annotated) {
            try {
                annotated.check(call, kind);
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private AnnotatedStateMachine annotated(String machine) {
        StateMachine target = replica.stateMachines().get(machine);
        if (target instanceof AnnotatedStateMachine annotated) {
            return annotated;
        }
        if (target == null && replica.state() != ReplicaState.RUNNING) {
            throw new RaftRefusedException(
                    RefusalReason.NOT_RUNNING, "a call of '" + machine + "' came while the member was not running");
        }
        throw new IllegalArgumentException(
                target == null
                        ? "there is no state machine '" + machine + "', only "
                                + replica.stateMachines().keySet()
                        : "the state machine '" + machine + "' takes bytes, not named commands");
    }

    private byte[] encode(RaftMethod method, @Nullable Object[] arguments) {
        byte[] encoded = codec.encodeArguments(method.parameters(), arguments);
        return new CallFrame(method.name(), CallFrame.FIRST_COMMAND_VERSION, encoded).toBytes();
    }

    private @Nullable Object decode(byte[] result, RaftMethod method) {
        try {
            return codec.read(new ByteArrayInputStream(result), method.resultType());
        } catch (IOException e) {
            throw new RaftCommandException(
                    e.getClass().getName(),
                    method.describe() + " was done, but its result can't be read: " + e.getMessage(),
                    e);
        }
    }

    private static @Nullable Object[] positional(RaftMethod method, Map<String, ?> arguments) {
        @Nullable Object[] positional = new @Nullable Object[method.parameters().size()];
        int used = 0;
        for (int i = 0; i < positional.length; i++) {
            String name = method.parameters().get(i).name();
            positional[i] = arguments.get(name);
            used += arguments.containsKey(name) ? 1 : 0;
        }
        if (used != arguments.size()) {
            throw new IllegalArgumentException(method.describe() + " has the parameters "
                    + method.parameters().stream().map(RaftParameter::name).toList() + ", but was given "
                    + arguments.keySet());
        }
        return positional;
    }

    private static RaftCallOptions declared(RaftMethod method, RaftCallOptions options) {
        return options.consistency() == null ? options.withConsistency(method.consistency()) : options;
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable T cast(@Nullable Object value, Class<T> type) {
        return (T) ClassUtils.resolvePrimitiveIfNecessary(type).cast(value);
    }

    private static Outcome.Applied value(Outcome outcome, String wanted) {
        if (outcome instanceof Outcome.Applied applied) {
            return applied;
        }
        if (outcome instanceof Outcome.Failed failed) {
            throw new RaftCommandException(failed.errorType(), failed.message(), failed.original());
        }
        if (outcome instanceof Outcome.Refused refused) {
            throw new RaftRefusedException(refused.reason(), wanted + " was refused: " + refused.message());
        }
        throw new RaftOutcomeUnknownException(
                "it is unknown whether " + wanted + " was applied: " + ((Outcome.Unknown) outcome).message());
    }

    private static ReadOutcome.Answered value(ReadOutcome outcome, String wanted) {
        if (outcome instanceof ReadOutcome.Answered answered) {
            return answered;
        }
        if (outcome instanceof ReadOutcome.Failed failed) {
            throw new RaftCommandException(
                    failed.cause().getClass().getName(), failed.cause().getMessage(), failed.cause());
        }
        var refused = (ReadOutcome.Refused) outcome;
        throw new RaftRefusedException(refused.reason(), wanted + " was not answered: " + refused.message());
    }

    private static Outcome await(CompletableFuture<Outcome> future, String wanted) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Unknown("interrupted while waiting for " + wanted);
        } catch (ExecutionException e) {
            return new Outcome.Unknown(String.valueOf(e.getCause()));
        }
    }

    private static ReadOutcome awaitRead(CompletableFuture<ReadOutcome> future, String wanted) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ReadOutcome.Refused(RefusalReason.TIMED_OUT, "interrupted while waiting for " + wanted);
        } catch (ExecutionException e) {
            return new ReadOutcome.Failed(new IllegalStateException(e.getCause()));
        }
    }

    private static <T> @Nullable T joined(CompletableFuture<@Nullable T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static String describe(String machine, RaftMethod method) {
        return machine + "." + method.name();
    }
}
