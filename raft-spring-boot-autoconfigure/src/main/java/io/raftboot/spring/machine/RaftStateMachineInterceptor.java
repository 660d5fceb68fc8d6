package io.raftboot.spring.machine;

import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.call.RaftMethod;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.Ordered;
import org.springframework.util.ReflectionUtils;

/** Stands around the raw bean: commands are replicated, queries read, all other methods refused. */
final class RaftStateMachineInterceptor implements MethodInterceptor {
    private final AnnotatedStateMachine machine;
    private final Class<?> type;
    private final Supplier<RaftTemplate> template;

    /** @param template asked at the first call, so that a state machine may be injected into what the replica needs */
    RaftStateMachineInterceptor(AnnotatedStateMachine machine, Class<?> type, Supplier<RaftTemplate> template) {
        this.machine = machine;
        this.type = type;
        this.template = template;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Method called = invocation.getMethod();
        RaftMethod method = machine.definition().byMethod().get(called);
        if (method == null) {
            method = machine.definition().byMethod().get(AopUtils.getMostSpecificMethod(called, type));
        }
        if (method != null) {
            return template.get().call(machine.definition().name(), method, invocation.getArguments());
        }
        if (ReflectionUtils.isObjectMethod(called) || isOrder(called)) {
            return invocation.proceed();
        }
        throw new UnsupportedOperationException(type.getName() + "." + called.getName()
                + " is neither a command nor a query of the replicated state machine '"
                + machine.definition().name()
                + "', so it can't be called from outside: it would see or change this member alone. Annotate it with"
                + " @RaftCommand or @RaftQuery, or call it from within one of them");
    }

    /** Spring asks for it wherever it injects a list; it says nothing of the state. */
    private static boolean isOrder(Method called) {
        return called.getName().equals("getOrder")
                && called.getParameterCount() == 0
                && Ordered.class.isAssignableFrom(called.getDeclaringClass());
    }
}
