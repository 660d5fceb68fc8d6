package io.raftboot.test.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A database whose process can be killed before any step that is taken with it: what it had not written to its file is lost
 * then, as much as H2 keeps in memory.
 */
final class TallyDatabase extends DelegatingDataSource implements AutoCloseable {
    private static final int NEVER = Integer.MAX_VALUE;
    private static final Set<String> STEPS = Set.of(
            "getConnection",
            "setAutoCommit",
            "setSavepoint",
            "prepareStatement",
            "execute",
            "executeQuery",
            "executeUpdate",
            "releaseSavepoint",
            "rollback",
            "commit",
            "close");

    private final String url;
    private final JdbcConnectionPool pool;
    private final AtomicInteger steps = new AtomicInteger(NEVER);
    private volatile boolean killed;

    TallyDatabase(String url) {
        this.url = url;
        this.pool = JdbcConnectionPool.create(url, "sa", "");
        setTargetDataSource(pool);
    }

    /** Counts steps from now on, and has it killed before the one of this number, from 0 upwards. */
    void killBefore(int step) {
        steps.set(step);
    }

    /** How many steps were taken since {@link #killBefore}. */
    int stepsSince(int step) {
        return step - steps.get();
    }

    boolean isKilled() {
        return killed;
    }

    @Override
    public Connection getConnection() throws SQLException {
        step("getConnection");
        return (Connection) proxy(Connection.class, super.getConnection());
    }

    private Object proxy(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (STEPS.contains(method.getName())) {
                step(method.getName());
            }
            try {
                @Nullable Object result = method.invoke(target, arguments);
                if (result instanceof PreparedStatement statement) {
                    return proxy(PreparedStatement.class, statement);
                }
                return result instanceof Statement statement ? proxy(Statement.class, statement) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private void step(String name) throws SQLException {
        if (steps.get() != NEVER && steps.getAndDecrement() == 0) {
            kill();
        }
        if (killed && !name.equals("close")) {
            throw new SQLException("the database is gone", "90121");
        }
    }

    /** Ends it as the death of the process would: nothing more is written. */
    void kill() throws SQLException {
        killed = true;
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            // The connection that carries the order does not survive it.
            if (!e.getMessage().contains("closed")) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
