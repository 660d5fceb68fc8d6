package io.raftboot.spring;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.spring.call.CallFormat;
import io.raftboot.spring.call.CallsAtRest;
import io.raftboot.spring.call.RaftMethod;
import io.raftboot.spring.call.ResultFormat;
import io.raftboot.spring.call.WaitingThreads;
import io.raftboot.spring.machine.AnnotatedStateMachine;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * The explicit way to a state machine: commands and queries as bytes, or by the name of an annotated bean's method;
 * with a future, or waiting; with options for one call. Any member takes them. Callers come on any thread, but no state machine
 * that applies or answers may call, and nothing may wait on a thread that completes futures: an {@link IllegalStateException} is
 * thrown at once.
 *
 * <p>A future completes on a thread of the replica's, which waits for nobody: give what takes time, or calls and waits, to an
 * executor ({@code thenApplyAsync}).
 */
public final class RaftTemplate {
    private final Replica replica;
    private final RaftCodec codec;
    private final WaitingThreads threads = new WaitingThreads();

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
        WaitingThreads.refuseStateMachines(machine, null);
        String trouble = misfit(machine, command);
        return trouble == null
                ? replicate(machine, command, options)
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
        WaitingThreads.refuseStateMachines(machine, null);
        return CallsAtRest.query(
                replica,
                replica.read(machine, query, RaftCallScope.around(options).forQuery(Consistency.LINEARIZABLE, null)));
    }

    /**
     * Replicates a command and waits for its result.
     *
     * @throws RaftRefusedException        if it was certainly not applied
     * @throws RaftOutcomeUnknownException if it may have been applied
     * @throws RaftCommandException        if it was applied, and its failure is its result
     */
    public byte[] submitAndWait(String machine, byte[] command, RaftCallOptions options) {
        threads.check(machine, null);
        byte[] result = ResultFormat.of(ResultFormat.await(submit(machine, command, options)), machine)
                .get();
        return result == null ? new byte[0] : result;
    }

    /**
     * Asks a query and waits for its answer.
     *
     * @throws RaftRefusedException if it was not answered
     * @throws RaftQueryException   if the query failed
     */
    public byte[] queryAndWait(String machine, byte[] query, RaftCallOptions options) {
        threads.check(machine, null);
        return ResultFormat.answer(ResultFormat.awaitRead(query(machine, query, options)), machine)
                .value();
    }

    /**
     * Replicates a command of an annotated state machine by its name, in its newest version.
     *
     * @param arguments  by the name of the parameter; what is missing is null
     * @param resultType what the command returns
     * @return never completes exceptionally, unless {@code resultType} is not what the command returns
     * @throws IllegalArgumentException if there is no such command, or the arguments do not bind; nothing is proposed
     */
    public <T> CompletableFuture<RaftResult<T>> submit(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        Call call = command(machine, command, arguments);
        return replicate(machine, call.bytes(), options).thenApply(outcome -> call.result(outcome, resultType));
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
        Call call = query(machine, query, arguments);
        return read(machine, call, options).thenApply(outcome -> call.answer(outcome, resultType));
    }

    /**
     * As the future's variant, waiting.
     *
     * @throws RaftCallException as {@link RaftResult#get} does
     */
    public <T> @Nullable T submitAndWait(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        threads.check(machine, command);
        Call call = command(machine, command, arguments);
        Outcome outcome = ResultFormat.await(replicate(machine, call.bytes(), options));
        return call.result(outcome, resultType).get();
    }

    /**
     * As the future's variant, waiting.
     *
     * @throws RaftCallException if there is no answer
     */
    public <T> @Nullable T queryAndWait(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        threads.check(machine, query);
        Call call = query(machine, query, arguments);
        return call.answer(ResultFormat.awaitRead(read(machine, call, options)), resultType);
    }

    /** A call through a proxy: the value, or what the method itself threw. */
    @Nullable
    public Object call(AnnotatedStateMachine machine, RaftMethod method, @Nullable Object[] arguments)
            throws Throwable {
        String name = machine.definition().name();
        threads.check(name, method.name());
        Call call = encode(machine, method, arguments);
        if (method.kind() == RaftMethod.Kind.QUERY) {
            ReadOutcome outcome = ResultFormat.awaitRead(read(name, call, RaftCallOptions.defaults()));
            if (outcome instanceof ReadOutcome.Failed failed && method.declares(failed.cause())) {
                throw failed.cause();
            }
            return call.answer(outcome, Object.class);
        }
        RaftResult<Object> result = call.result(
                ResultFormat.await(replicate(name, call.bytes(), RaftCallOptions.defaults())), Object.class);
        if (result instanceof RaftResult.Failed<Object> failed
                && failed.cause() != null
                && method.declares(failed.cause())) {
            throw failed.cause();
        }
        return result.get();
    }

    /** A call of an annotated method, encoded, and the way back from its outcome. */
    @SuppressWarnings("ArrayRecordComponent") // lives as long as the call, never compared
    private record Call(String machine, RaftMethod method, byte[] bytes, RaftCodec codec) {
        <T> RaftResult<T> result(Outcome outcome, Class<T> type) {
            return ResultFormat.of(explained(outcome), machine, method, codec, value -> cast(value, type));
        }

        <T> @Nullable T answer(ReadOutcome outcome, Class<T> type) {
            return cast(ResultFormat.answer(outcome, machine, method, codec), type);
        }

        private Outcome explained(Outcome outcome) {
            return outcome instanceof Outcome.Refused refused
                            && refused.reason() == RefusalReason.TOO_LARGE
                            && !method.parameters().isEmpty()
                    ? new Outcome.Refused(
                            refused.reason(),
                            refused.message() + " (raft.max-command-size); the most of it is the parameter '"
                                    + CallFormat.largestArgument(bytes) + "'")
                    : outcome;
        }

        @SuppressWarnings("unchecked")
        private static <T> @Nullable T cast(@Nullable Object value, Class<T> type) {
            return (T) ClassUtils.resolvePrimitiveIfNecessary(type).cast(value);
        }
    }

    private CompletableFuture<Outcome> replicate(String machine, byte[] command, RaftCallOptions options) {
        String key = options.idempotencyKey() != null ? options.idempotencyKey() : RaftCallScope.nextKey();
        Duration timeout = RaftCallScope.around(options).timeout();
        return CallsAtRest.command(
                replica,
                key == null
                        ? replica.submit(machine, command, timeout)
                        : replica.submitOnce(machine, command, key, timeout));
    }

    private CompletableFuture<ReadOutcome> read(String machine, Call call, RaftCallOptions options) {
        RaftMethod method = call.method();
        return CallsAtRest.query(
                replica,
                replica.read(
                        machine,
                        call.bytes(),
                        RaftCallScope.around(options).forQuery(method.consistency(), method.maxStaleness())));
    }

    private Call command(String machine, String name, Map<String, ?> arguments) {
        AnnotatedStateMachine target = annotated(machine);
        RaftMethod method = target.operation(name, RaftMethod.Kind.COMMAND);
        return encode(target, method, positional(method, arguments));
    }

    private Call query(String machine, String name, Map<String, ?> arguments) {
        AnnotatedStateMachine target = annotated(machine);
        RaftMethod method = target.operation(name, RaftMethod.Kind.QUERY);
        return encode(target, method, positional(method, arguments));
    }

    /** Says no to what does not bind, before anything is proposed. */
    private Call encode(AnnotatedStateMachine machine, RaftMethod method, @Nullable Object[] arguments) {
        String name = machine.definition().name();
        WaitingThreads.refuseStateMachines(name, method.name());
        checkRequired(method, arguments);
        return new Call(name, method, CallFormat.encode(method, arguments, codec), codec);
    }

    private static void checkRequired(RaftMethod method, @Nullable Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            RaftParameter parameter = method.parameters().get(i);
            if (arguments[i] == null && parameter.required()) {
                throw new RaftArgumentException(
                        parameter.name(),
                        "parameter '" + parameter.name() + "' of " + method.describe() + " must not be null",
                        null);
            }
        }
    }

    private @Nullable String misfit(String machine, byte[] call) {
        AnnotatedStateMachine annotated =
                AnnotatedStateMachine.in(replica.stateMachines().get(machine));
        if (annotated != null) {
            try {
                annotated.check(call, RaftMethod.Kind.COMMAND);
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private AnnotatedStateMachine annotated(String machine) {
        StateMachine target = replica.stateMachines().get(machine);
        AnnotatedStateMachine annotated = AnnotatedStateMachine.in(target);
        if (annotated != null) {
            return annotated;
        }
        if (target == null && replica.state() != ReplicaState.RUNNING) {
            throw new RaftRefusedException(
                    RefusalReason.NOT_RUNNING,
                    "a call of '" + machine + "' came while the member was not running" + CallsAtRest.hint(replica));
        }
        throw new IllegalArgumentException(
                target == null
                        ? "there is no state machine '" + machine + "', only "
                                + replica.stateMachines().keySet()
                        : "the state machine '" + machine + "' takes bytes, not named commands");
    }

    private static @Nullable Object[] positional(RaftMethod method, Map<String, ?> arguments) {
        @Nullable Object[] positional = new @Nullable Object[method.parameters().size()];
        int used = 0;
        for (int i = 0; i < positional.length; i++) {
            String name = method.parameters().get(i).name();
            Object argument = arguments.get(name);
            positional[i] = argument;
            used += argument != null || arguments.containsKey(name) ? 1 : 0;
        }
        if (used != arguments.size()) {
            throw new IllegalArgumentException(method.describe() + " has the parameters "
                    + method.parameters().stream().map(RaftParameter::name).toList() + ", but was given "
                    + arguments.keySet());
        }
        return positional;
    }
}
