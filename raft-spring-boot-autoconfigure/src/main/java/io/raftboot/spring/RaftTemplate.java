package io.raftboot.spring;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.call.CalledMachines;
import io.raftboot.spring.call.MemberGroup;
import io.raftboot.spring.call.MethodCall;
import io.raftboot.spring.call.RaftMethod;
import io.raftboot.spring.call.ResultFormat;
import io.raftboot.spring.call.WaitingThreads;
import io.raftboot.spring.machine.MemberMachines;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends calls to a group, encodes them and explains what became of them. Any thread. */
public final class RaftTemplate implements RaftOperations {
    private final RaftGroup group;
    private final CalledMachines machines;
    private final RaftCodec codec;
    private final CallObserver observer;
    private final WaitingThreads threads = new WaitingThreads();

    public RaftTemplate(Replica replica, RaftCodec codec) {
        this(replica, codec, CallObserver.NONE);
    }

    /** As the other one, with something that stands around all calls. */
    public RaftTemplate(Replica replica, RaftCodec codec, CallObserver observer) {
        this(new MemberGroup(replica), new MemberMachines(replica), codec, observer);
    }

    /** A template for a group that this process need not have a member of. */
    RaftTemplate(RaftGroup group, CalledMachines machines, RaftCodec codec, CallObserver observer) {
        this.group = group;
        this.machines = machines;
        this.codec = codec;
        this.observer = observer;
    }

    @Override
    public CompletableFuture<Outcome> submit(String machine, byte[] command) {
        return submit(machine, command, RaftCallOptions.defaults());
    }

    @Override
    public CompletableFuture<Outcome> submit(String machine, byte[] command, RaftCallOptions options) {
        WaitingThreads.refuseStateMachines(machine, null);
        String trouble = machines.misfit(machine, command);
        return trouble == null
                ? replicate(machine, null, command, options)
                : CompletableFuture.completedFuture(new Outcome.Refused(RefusalReason.INVALID, trouble));
    }

    @Override
    public CompletableFuture<ReadOutcome> query(String machine, byte[] query) {
        return query(machine, query, RaftCallOptions.defaults());
    }

    @Override
    public CompletableFuture<ReadOutcome> query(String machine, byte[] query, RaftCallOptions options) {
        WaitingThreads.refuseStateMachines(machine, null);
        return read(machine, null, query, RaftCallScope.around(options).forQuery(Consistency.LINEARIZABLE, null));
    }

    @Override
    public byte[] submitAndWait(String machine, byte[] command, RaftCallOptions options) {
        threads.check(machine, null);
        byte[] result = ResultFormat.of(ResultFormat.await(submit(machine, command, options)), machine)
                .get();
        return result == null ? new byte[0] : result;
    }

    @Override
    public byte[] queryAndWait(String machine, byte[] query, RaftCallOptions options) {
        threads.check(machine, null);
        return ResultFormat.answer(ResultFormat.awaitRead(query(machine, query, options)), machine)
                .value();
    }

    @Override
    public <T> CompletableFuture<RaftResult<T>> submit(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        MethodCall call = call(machine, command, RaftMethod.Kind.COMMAND, arguments);
        return replicate(machine, call, options).thenApply(outcome -> call.result(outcome, resultType));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> query(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        MethodCall call = call(machine, query, RaftMethod.Kind.QUERY, arguments);
        return read(machine, call, options).thenApply(outcome -> call.answer(outcome, resultType));
    }

    @Override
    public <T> @Nullable T submitAndWait(
            String machine, String command, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        threads.check(machine, command);
        MethodCall call = call(machine, command, RaftMethod.Kind.COMMAND, arguments);
        Outcome outcome = ResultFormat.await(replicate(machine, call, options));
        return call.result(outcome, resultType).get();
    }

    @Override
    public <T> @Nullable T queryAndWait(
            String machine, String query, Map<String, ?> arguments, Class<T> resultType, RaftCallOptions options) {
        threads.check(machine, query);
        MethodCall call = call(machine, query, RaftMethod.Kind.QUERY, arguments);
        return call.answer(ResultFormat.awaitRead(read(machine, call, options)), resultType);
    }

    /**
     * A call through a proxy.
     *
     * @return the value
     * @throws Throwable what the method itself threw, as far as it declares that; else a {@link RaftCallException}
     */
    @Nullable
    public Object call(String machine, RaftMethod method, @Nullable Object[] arguments) throws Throwable {
        threads.check(machine, method.name());
        MethodCall call = MethodCall.of(machine, method, arguments, codec);
        if (method.kind() == RaftMethod.Kind.QUERY) {
            ReadOutcome outcome = ResultFormat.awaitRead(read(machine, call, RaftCallOptions.defaults()));
            if (outcome instanceof ReadOutcome.Failed failed && method.declares(failed.cause())) {
                throw failed.cause();
            }
            return call.answer(outcome, Object.class);
        }
        RaftResult<Object> result =
                call.result(ResultFormat.await(replicate(machine, call, RaftCallOptions.defaults())), Object.class);
        if (result instanceof RaftResult.Failed<Object> failed
                && failed.cause() != null
                && method.declares(failed.cause())) {
            throw failed.cause();
        }
        return result.get();
    }

    private MethodCall call(String machine, String operation, RaftMethod.Kind kind, Map<String, ?> arguments) {
        var definition = machines.definition(machine);
        return MethodCall.byName(definition.name(), definition.operations(kind).newest(operation), arguments, codec);
    }

    private CompletableFuture<Outcome> replicate(String machine, MethodCall call, RaftCallOptions options) {
        return replicate(machine, call.method().name(), call.bytes(), options);
    }

    private CompletableFuture<Outcome> replicate(
            String machine, @Nullable String operation, byte[] command, RaftCallOptions options) {
        String key = options.idempotencyKey() != null ? options.idempotencyKey() : RaftCallScope.nextKey();
        Duration timeout = RaftCallScope.around(options).timeout();
        return observer.command(
                machine,
                operation,
                () -> key == null
                        ? group.submit(machine, command, timeout)
                        : group.submitOnce(machine, command, key, timeout));
    }

    private CompletableFuture<ReadOutcome> read(String machine, MethodCall call, RaftCallOptions options) {
        var declared = call.method().freshness();
        return read(
                machine,
                call.method().name(),
                call.bytes(),
                RaftCallScope.around(options).forQuery(declared.consistency(), declared.maxStaleness()));
    }

    private CompletableFuture<ReadOutcome> read(
            String machine, @Nullable String operation, byte[] query, ReadOptions options) {
        return observer.query(machine, operation, options.consistency(), () -> group.read(machine, query, options));
    }
}
