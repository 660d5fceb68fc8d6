package io.raftboot.autoconfigure.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a {@link GuardedConnection}: runs no text that the connection refuses, and leads back to none but that. */
final class GuardedStatement implements InvocationHandler {
    private final Statement target;
    private final GuardedConnection guard;
    private final Connection connection;

    private GuardedStatement(Statement target, GuardedConnection guard, Connection connection) {
        this.target = target;
        this.guard = guard;
        this.connection = connection;
    }

    /** @param connection as the application sees it */
    static Object of(Statement target, GuardedConnection guard, Connection connection) {
        Class<?> type = target instanceof CallableStatement
                ? CallableStatement.class
                : target instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        return Proxy.newProxyInstance(
                Statement.class.getClassLoader(),
                new Class<?>[] {type},
                new GuardedStatement(target, guard, connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object first = GuardedConnection.first(arguments);
        return switch (method.getName()) {
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> target.toString();
            case "getConnection" -> connection;
            case "isWrapperFor" -> GuardedConnection.isOf(proxy, first) || target.isWrapperFor((Class<?>) first);
            case "unwrap" -> GuardedConnection.isOf(proxy, first) ? proxy : guard.callOn(target, method, arguments);
            default -> call(method, arguments, first);
        };
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments, @Nullable Object first)
            throws Throwable {
        String name = method.getName();
        if (name.startsWith("execute") || name.equals("addBatch")) {
            guard.checkOpen();
            if (first instanceof String sql) {
                guard.check(sql);
            }
        }
        return guard.callOn(target, method, arguments);
    }
}
