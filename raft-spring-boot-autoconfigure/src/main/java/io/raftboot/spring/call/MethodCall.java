package io.raftboot.spring.call;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftParameter;
import io.raftboot.spring.RaftResult;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A call of an annotated method, encoded, and the way back from its outcome.
 *
 * @param machine name of the state machine
 * @param bytes as they stand in the log
 */
@SuppressWarnings("ArrayRecordComponent") // lives as long as the call, never compared
public record MethodCall(String machine, RaftMethod method, byte[] bytes, RaftCodec codec) {
    /**
     * Encodes a call with its arguments in order. What does not bind is refused here, before anything is proposed.
     *
     * @throws IllegalStateException if a state machine calls
     * @throws RaftArgumentException if an argument does not bind
     */
    public static MethodCall of(String machine, RaftMethod method, @Nullable Object[] arguments, RaftCodec codec) {
        WaitingThreads.refuseStateMachines(machine, method.name());
        checkRequired(method, arguments);
        return new MethodCall(machine, method, CallFormat.encode(method, arguments, codec), codec);
    }

    /**
     * As {@link #of}, with the arguments by the names of their parameters; what is missing is null.
     *
     * @throws IllegalArgumentException if there is no parameter of a name
     */
    public static MethodCall byName(String machine, RaftMethod method, Map<String, ?> arguments, RaftCodec codec) {
        return of(machine, method, inOrder(method, arguments), codec);
    }

    /** What became of it as a command. */
    public <T> RaftResult<T> result(Outcome outcome, Class<T> type) {
        return ResultFormat.of(explained(outcome), machine, method, codec, value -> cast(value, type));
    }

    /**
     * Its value, as of a query.
     *
     * @throws io.raftboot.spring.RaftRefusedException if there is none
     * @throws io.raftboot.spring.RaftQueryException if the query failed, or its answer can't be read
     */
    public <T> @Nullable T answer(ReadOutcome outcome, Class<T> type) {
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

    private static @Nullable Object[] inOrder(RaftMethod method, Map<String, ?> arguments) {
        @Nullable Object[] inOrder = new @Nullable Object[method.parameters().size()];
        int used = 0;
        for (int i = 0; i < inOrder.length; i++) {
            String name = method.parameters().get(i).name();
            Object argument = arguments.get(name);
            inOrder[i] = argument;
            used += argument != null || arguments.containsKey(name) ? 1 : 0;
        }
        if (used != arguments.size()) {
            throw new IllegalArgumentException(method.describe() + " has the parameters "
                    + method.parameters().stream().map(RaftParameter::name).toList() + ", but was given "
                    + arguments.keySet());
        }
        return inOrder;
    }
}
