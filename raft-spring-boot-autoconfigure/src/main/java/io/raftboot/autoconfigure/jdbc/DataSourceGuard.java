package io.raftboot.autoconfigure.jdbc;

import java.sql.Connection;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a {@code DataSource}: while a command or a query runs on a thread, whoever asks for a connection on it, Hibernate
 * among them, gets one of the {@link CommandTransaction}; all others get their own.
 */
final class DataSourceGuard implements MethodInterceptor {
    private static final ThreadLocal<@Nullable Bound> RUNNING = new ThreadLocal<>();

    private final DataSource target;

    /** What a thread runs, and in which of the DataSources. */
    private record Bound(DataSourceGuard guard, CommandTransaction transaction) {}

    DataSourceGuard(DataSource target) {
        this.target = target;
    }

    /** What is behind it. */
    DataSource target() {
        return target;
    }

    /** Gives this thread the transaction, until {@link #unbind}. */
    void bind(CommandTransaction transaction) {
        RUNNING.set(new Bound(this, transaction));
    }

    void unbind() {
        RUNNING.remove();
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        Bound bound = RUNNING.get();
        if (bound == null
                || bound.guard != this
                || !Connection.class.isAssignableFrom(call.getMethod().getReturnType())) {
            return call.proceed();
        }
        if (bound.transaction.isSuspended()) {
            throw refuseAnother(bound.transaction);
        }
        return bound.transaction.guarded();
    }

    static ForbiddenStatementException refuseAnother(CommandTransaction transaction) {
        return transaction.refuse(
                "wanted to leave its transaction, as @Transactional does with REQUIRES_NEW or NOT_SUPPORTED",
                "What is committed outside of it would stay when the command is rolled back, and be done again after a"
                        + " crash. Use REQUIRED, or NESTED for a part that is rolled back by itself, which transaction managers of JDBC have");
    }
}
