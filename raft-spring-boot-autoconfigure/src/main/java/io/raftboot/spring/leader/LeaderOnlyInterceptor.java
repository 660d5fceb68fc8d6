package io.raftboot.spring.leader;

import io.raftboot.replica.Replica;
import io.raftboot.spring.LeaderContext;
import io.raftboot.spring.NotLeaderException;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ReflectionUtils;

/** Lets a call through on the leader, with its term at hand. */
final class LeaderOnlyInterceptor implements MethodInterceptor {
    private static final Logger log = LoggerFactory.getLogger(LeaderOnlyInterceptor.class);

    private final Supplier<Replica> replica;

    LeaderOnlyInterceptor(Supplier<Replica> replica) {
        this.replica = replica;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        if (ReflectionUtils.isObjectMethod(invocation.getMethod())) {
            return invocation.proceed();
        }
        Replica member = replica.get();
        OptionalLong term = member.leadershipTerm();
        if (term.isPresent()) {
            return lead(
                    new LeaderContext(member.config().group(), member.config().nodeId(), term.getAsLong()), invocation);
        }
        String method = describe(invocation);
        if (invocation.getMethod().getReturnType() != void.class) {
            throw new NotLeaderException(method, member.leaderId());
        }
        log.debug("{} is left to the leader", method);
        return null;
    }

    private static @Nullable Object lead(LeaderContext context, MethodInvocation invocation) throws Throwable {
        LeaderContext outer = context.enter();
        try {
            return invocation.proceed();
        } finally {
            LeaderContext.leave(outer);
        }
    }

    private static String describe(MethodInvocation invocation) {
        return invocation.getMethod().getDeclaringClass().getName() + "."
                + invocation.getMethod().getName();
    }
}
