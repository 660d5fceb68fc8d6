package io.raftboot.autoconfigure.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one transaction in the database that a command, or a query, runs in. Only its owner ends it: whatever the application's
 * transaction manager begins, commits and rolls back within it happens on a {@link GuardedConnection}, where a commit leaves
 * all to this transaction and a rollback goes back to where the command began. Belongs to the thread that began it.
 */
final class CommandTransaction {
    private static final Logger log = LoggerFactory.getLogger(CommandTransaction.class);

    /** Whose turn it is. */
    enum Phase {
        /** The transaction manager begins or ends what it takes for a transaction. */
        MANAGER,
        /** The code of the application runs. */
        APPLICATION,
        /** Command and owner are through with it; neither may use it any more. */
        ENDED
    }

    private final String subject;
    private final DatabaseAdapter adapter;
    private final Connection connection;
    private final boolean autoCommitBefore;
    private final int isolationBefore;
    private Phase phase = Phase.MANAGER;
    private @Nullable Savepoint start;
    private @Nullable String idAtStart;
    private @Nullable Object managed;
    private boolean suspended;
    private boolean rolledBack;
    private @Nullable String refusal;
    private @Nullable SQLException localFailure;
    private @Nullable Runnable beforeChange;

    private CommandTransaction(
            String subject, DatabaseAdapter adapter, Connection connection, boolean autoCommit, int isolation) {
        this.subject = subject;
        this.adapter = adapter;
        this.connection = connection;
        this.autoCommitBefore = autoCommit;
        this.isolationBefore = isolation;
    }

    /**
     * Begins one on a connection of its own.
     *
     * @param subject what runs in it, for messages
     * @param isolation one of {@link Connection}, or null for what the connection has
     */
    static CommandTransaction begin(
            String subject, DataSource dataSource, DatabaseAdapter adapter, @Nullable Integer isolation)
            throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            adapter.beforeUse(connection);
            int isolationBefore = connection.getTransactionIsolation();
            if (isolation != null && isolation != isolationBefore) {
                connection.setTransactionIsolation(isolation);
            }
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            return new CommandTransaction(subject, adapter, connection, autoCommit, isolationBefore);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Makes it one that others need not wait for, and which need not wait for others, as long as it only reads.
     *
     * @param action run before each statement that may change something, on the thread that wants to run it
     */
    CommandTransaction beforeChange(Runnable action) {
        beforeChange = action;
        return this;
    }

    /** The application is about to run the text, which may be refused no more. */
    void about(String sql) {
        if (beforeChange != null && adapter.mustBeAlone(sql)) {
            beforeChange.run();
        }
    }

    /** The application is about to get rows that it can change without a statement. */
    void aboutToChange() {
        if (beforeChange != null) {
            beforeChange.run();
        }
    }

    /** Connection for what its owner writes; never handed to the application. */
    Connection connection() {
        return connection;
    }

    DatabaseAdapter adapter() {
        return adapter;
    }

    boolean autoCommitBefore() {
        return autoCommitBefore;
    }

    /** The place to which what the application does from here on is rolled back. */
    void markStart() throws SQLException {
        idAtStart = adapter.transactionId(connection);
        start = connection.setSavepoint();
    }

    /** A connection for the application. */
    Connection guarded() {
        return GuardedConnection.of(this);
    }

    Phase phase() {
        return phase;
    }

    void enter(Phase next) {
        phase = next;
    }

    void suspended(boolean now) {
        suspended = now;
    }

    boolean isSuspended() {
        return suspended;
    }

    /** Whether this connection is the one on which the transaction manager began; the first that asks is. */
    boolean isManagedBy(Object guarded) {
        if (managed == null) {
            managed = guarded;
        }
        return managed == guarded;
    }

    boolean hasManager() {
        return managed != null;
    }

    void rollBackForManager() throws SQLException {
        rolledBack = true;
        rollBackToStart();
    }

    /** Whether the transaction manager has rolled back, and not said so by an exception. */
    boolean wasRolledBack() {
        return rolledBack;
    }

    void rollBackToStart() throws SQLException {
        if (start != null) {
            connection.rollback(start);
        }
    }

    /** Remembered, so that the command fails although it may catch the exception; the first one is told. */
    ForbiddenStatementException refuse(String what, String instead) {
        String message = "the " + subject + " " + what + ". " + instead;
        if (refusal == null) {
            refusal = message;
        }
        return new ForbiddenStatementException(message);
    }

    boolean isRefused() {
        return refusal != null;
    }

    /**
     * Tells what was refused first, in place of what came of it.
     *
     * @param thrown by the application, or null
     * @throws CommandTransactionException if something was
     */
    void throwIfRefused(@Nullable Exception thrown) {
        if (refusal != null && !(thrown instanceof CommandTransactionException)) {
            var refused = new CommandTransactionException(refusal);
            refused.initCause(thrown);
            throw refused;
        }
    }

    void failed(SQLException e) {
        if (localFailure == null && DatabaseFailures.isLocal(e)) {
            localFailure = e;
        }
    }

    /** What says that this member's database failed, though the application may have caught it. */
    @Nullable
    SQLException localFailure() {
        return localFailure;
    }

    /** Whether it is still the transaction that was begun, as far as the database tells; else what was done before stays. */
    boolean goesOn() throws SQLException {
        return Objects.equals(idAtStart, adapter.transactionId(connection));
    }

    /** What the application did belongs to the transaction now; fails in most databases if that is over. */
    void releaseStart() throws SQLException {
        if (start != null) {
            connection.releaseSavepoint(start);
            start = null;
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollBack() throws SQLException {
        connection.rollback();
    }

    /** Gives the connection back, as it was. */
    void end() {
        phase = Phase.ENDED;
        try (connection) {
            if (connection.getTransactionIsolation() != isolationBefore) {
                connection.setTransactionIsolation(isolationBefore);
            }
            if (autoCommitBefore) {
                connection.setAutoCommit(true);
            }
        } catch (SQLException | RuntimeException e) {
            // What matters is committed or rolled back; whoever gets the connection next will find out.
            log.debug("the connection of the {} could not be put back in order", subject, e);
        }
    }

    @Override
    public String toString() {
        return subject;
    }
}
