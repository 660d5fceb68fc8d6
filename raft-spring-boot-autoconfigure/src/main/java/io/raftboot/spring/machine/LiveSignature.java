package io.raftboot.spring.machine;

import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.payload.BoundTypes;
import io.raftboot.spring.payload.LiveTypes;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

/** Whether a command or a query takes or returns something that is no value, see {@link LiveTypes}. */
final class LiveSignature {
    private LiveSignature() {}

    /** @throws InvalidStateMachineException if a parameter or the result of a method is such a type, naming the method and the type */
    static void check(Class<?> machine, Method method) {
        for (Parameter parameter : method.getParameters()) {
            Type type = BoundTypes.resolve(parameter.getParameterizedType(), machine);
            Class<?> live = LiveTypes.in(type);
            if (live != null) {
                throw live.getName().equals(LiveTypes.CONTINUATION)
                        ? suspending(machine, method)
                        : taken(machine, method, type, live);
            }
        }
        Type result = BoundTypes.resolve(method.getGenericReturnType(), machine);
        Class<?> live = LiveTypes.in(result);
        if (live != null) {
            throw returned(machine, method, result, live);
        }
    }

    private static InvalidStateMachineException suspending(Class<?> machine, Method method) {
        return new InvalidStateMachineException(
                "The state machine " + machine.getName() + " has the suspending function " + OperationNames.of(method)
                        + "(), which can't be replicated: it would go on elsewhere.",
                "Remove 'suspend'; callers may suspend where they call it, in withContext(Dispatchers.IO) for example.");
    }

    private static InvalidStateMachineException taken(Class<?> machine, Method method, Type type, Class<?> live) {
        return new InvalidStateMachineException(
                "The state machine " + machine.getName() + " takes " + type.getTypeName() + " in " + method.getName()
                        + "(), which can't be written into the log.",
                "Take a value, a record or a List for example, in the place of " + live.getName() + ".");
    }

    private static InvalidStateMachineException returned(Class<?> machine, Method method, Type result, Class<?> live) {
        boolean future = Future.class.isAssignableFrom(live) || CompletionStage.class.isAssignableFrom(live);
        return new InvalidStateMachineException(
                "The state machine " + machine.getName() + " returns "
                        + (future ? "a future, " : "") + result.getTypeName() + ", from " + method.getName()
                        + "(), which can't be replicated: it is no value, but a way to one.",
                "Return the value itself, or a List of values, in the place of " + live.getName()
                        + "; RaftTemplate gives callers a future.");
    }
}
