package io.raftboot.autoconfigure.jdbc;

import io.raftboot.autoconfigure.jdbc.CommandTransaction.Phase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a {@link CommandTransaction} as the application sees it. The transaction manager may begin, commit and
 * roll back on it, which the transaction knows how to take; the code of a command may not, nor run a statement that ends the
 * transaction. Closing it closes nothing.
 */
final class GuardedConnection implements InvocationHandler {
    private static final int SHOWN_CHARACTERS = 100;

    private final CommandTransaction transaction;
    private final Connection target;
    private boolean autoCommit;
    private boolean closed;

    private GuardedConnection(CommandTransaction transaction) {
        this.transaction = transaction;
        this.target = transaction.connection();
        this.autoCommit = transaction.autoCommitBefore();
    }

    static Connection of(CommandTransaction transaction) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new GuardedConnection(transaction));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> proxy == first(arguments);
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "connection of the " + transaction;
            case "close" -> {
                closed = true;
                yield null;
            }
            case "isClosed" -> isClosed() || target.isClosed();
            case "isValid" -> !isClosed() && target.isValid((Integer) Objects.requireNonNull(first(arguments)));
            case "isWrapperFor" -> isOf(proxy, first(arguments)) || target.isWrapperFor((Class<?>) first(arguments));
            case "unwrap" -> isOf(proxy, first(arguments)) ? proxy : callOn(target, method, arguments);
            default -> {
                checkOpen();
                yield open((Connection) proxy, method, arguments);
            }
        };
    }

    /** Whether it is of this class itself. */
    static boolean isOf(Object proxy, @Nullable Object type) {
        return ((Class<?>) Objects.requireNonNull(type)).isInstance(proxy);
    }

    private @Nullable Object open(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object first = first(arguments);
        switch (method.getName()) {
            case "getAutoCommit" -> {
                return autoCommit;
            }
            case "setAutoCommit" -> setAutoCommit((Boolean) Objects.requireNonNull(first));
            case "commit" -> refuseUnlessManager("called commit() of its connection");
            case "rollback" -> rollBack((Savepoint) first);
            case "abort" -> throw refuse("called abort() of its connection");
            case "setReadOnly" -> keep("setReadOnly", target.isReadOnly(), first);
            case "setTransactionIsolation" -> keep("setTransactionIsolation", target.getTransactionIsolation(), first);
            case "setSchema" -> keep("setSchema", target.getSchema(), first);
            case "setCatalog" -> keep("setCatalog", target.getCatalog(), first);
            default -> {
                return call(proxy, method, arguments);
            }
        }
        return null;
    }

    private @Nullable Object call(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().startsWith("prepare")) {
            check((String) Objects.requireNonNull(first(arguments)));
        }
        if (arguments != null && Arrays.asList(arguments).contains(ResultSet.CONCUR_UPDATABLE)) {
            transaction.aboutToChange();
        }
        Object result = callOn(target, method, arguments);
        return result instanceof Statement statement ? GuardedStatement.of(statement, this, proxy) : result;
    }

    private void setAutoCommit(boolean wanted) throws ForbiddenStatementException {
        if (wanted == autoCommit) {
            return;
        }
        // A transaction manager may put off its beginning until the first statement.
        if (transaction.phase() != Phase.MANAGER && (wanted || !transaction.isManagedBy(this))) {
            throw refuse(
                    "called setAutoCommit(" + wanted + ") of its connection, as @Transactional does with REQUIRES_NEW");
        }
        if (!wanted) {
            transaction.isManagedBy(this);
        }
        autoCommit = wanted;
    }

    private void rollBack(@Nullable Savepoint savepoint) throws SQLException {
        if (savepoint != null) {
            target.rollback(savepoint);
            return;
        }
        refuseUnlessManager("called rollback() of its connection");
        transaction.rollBackForManager();
    }

    private void refuseUnlessManager(String what) throws ForbiddenStatementException {
        if (transaction.phase() != Phase.MANAGER) {
            throw refuse(what);
        }
    }

    /** What a transaction manager wants for its transaction was decided when this one began. */
    private void keep(String method, @Nullable Object present, @Nullable Object wanted)
            throws ForbiddenStatementException {
        if (transaction.phase() != Phase.MANAGER && !Objects.equals(present, wanted)) {
            throw refuse("called " + method + "(" + wanted + ") of its connection");
        }
    }

    private ForbiddenStatementException refuse(String what) {
        return transaction.refuse(
                what,
                "It runs in a transaction already, which is committed with its result and its index in the log, and"
                        + " rolled back if it throws: write neither. @Transactional with REQUIRED joins it, NESTED can"
                        + " roll back a part, and so can a savepoint");
    }

    /**
     * Says no to a statement before it is run.
     *
     * @throws ForbiddenStatementException if it would end the transaction
     */
    void check(String sql) throws ForbiddenStatementException {
        if (transaction.adapter().endsTransaction(sql)) {
            String line = sql.strip().replaceAll("\\s+", " ");
            throw transaction.refuse(
                    "wanted to run '"
                            + (line.length() > SHOWN_CHARACTERS ? line.substring(0, SHOWN_CHARACTERS) + "…" : line)
                            + "', which would commit what it did before, or end its transaction",
                    "Write statements that read or change rows, DELETE FROM in place of TRUNCATE for example; savepoints"
                            + " are allowed. Change the schema when the application starts, by the schema of"
                            + " @RaftDataSource or by Flyway");
        }
        transaction.about(sql);
    }

    /**
     * Says no to who closed it, or kept it; the transaction manager ends its transaction all the same.
     *
     * @throws ForbiddenStatementException as a result of the command, and no failure of the database
     */
    void checkOpen() throws ForbiddenStatementException {
        if (transaction.phase() == Phase.ENDED) {
            throw new ForbiddenStatementException(
                    "the connection was that of the " + transaction + ", which has ended");
        }
        if (closed && transaction.phase() == Phase.APPLICATION) {
            throw new ForbiddenStatementException("the connection of the " + transaction + " was closed by it");
        }
    }

    private boolean isClosed() {
        return closed || transaction.phase() == Phase.ENDED;
    }

    @Nullable
    Object callOn(Object on, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException failure) {
                transaction.failed(failure);
            }
            throw e.getCause();
        }
    }

    static @Nullable Object first(@Nullable Object @Nullable [] arguments) {
        return arguments == null || arguments.length == 0 ? null : arguments[0];
    }
}
