package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.StateMachineFailureException;
import io.raftboot.autoconfigure.jdbc.CommandTransaction.Phase;
import io.raftboot.spring.ResultEncodingException;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs the application's code within a {@link CommandTransaction}, in what the application's own transaction manager takes for a
 * transaction: so repositories, {@code @Transactional} beans and whatever else knows that manager join in. Where the application
 * has none for the {@code DataSource}, there is one of JDBC's.
 */
final class MachineTransactions {
    /** Time-out in place of a default of the transaction manager's: a clock must not decide what a command comes to. */
    private static final int UNLIMITED_SECONDS = 24 * 60 * 60;

    private final DataSource dataSource;
    private final @Nullable DataSourceGuard guard;
    private final Supplier<PlatformTransactionManager> manager;

    /**
     * @param dataSource as the application knows it
     * @param guard that is around it, or null: then only what asks Spring for the connection gets that of the transaction
     * @param manager asked when the first transaction begins
     */
    MachineTransactions(
            DataSource dataSource, @Nullable DataSourceGuard guard, Supplier<PlatformTransactionManager> manager) {
        this.dataSource = dataSource;
        this.guard = guard;
        this.manager = manager;
    }

    /** The transaction manager of the application, or that in place of it. */
    PlatformTransactionManager manager() {
        return manager.get();
    }

    /** What is in memory of the content is not the database's any more. */
    void contentReplaced() {
        PersistenceUnit.forget(TransactionManagers.resource(manager()));
    }

    /**
     * Runs the action. What it throws has been rolled back for the transaction manager, unless it is that its result can't be
     * encoded; the owner of the transaction rolls back what is in the database.
     *
     * @param access as the transaction manager is told
     * @throws Exception what the action throws, or the commit of the transaction manager
     */
    <T> T within(CommandTransaction transaction, Access access, Callable<T> action) throws Exception {
        bind(transaction);
        try {
            TransactionStatus status = begin(transaction, access);
            transaction.enter(Phase.APPLICATION);
            T result;
            try {
                result = action.call();
            } catch (ResultEncodingException e) {
                commit(transaction, status);
                throw e;
            } catch (Exception | Error e) {
                rollBack(transaction, status, e);
                throw e;
            }
            commit(transaction, status);
            return result;
        } finally {
            transaction.enter(Phase.MANAGER);
            unbind();
        }
    }

    private void bind(CommandTransaction transaction) {
        if (guard != null) {
            guard.bind(transaction);
        } else {
            TransactionSynchronizationManager.bindResource(dataSource, new ConnectionHolder(transaction.guarded()));
        }
    }

    private void unbind() {
        if (guard != null) {
            guard.unbind();
        } else {
            TransactionSynchronizationManager.unbindResourceIfPossible(dataSource);
        }
    }

    private TransactionStatus begin(CommandTransaction transaction, Access access) {
        var definition = new DefaultTransactionDefinition();
        definition.setReadOnly(access == Access.READ);
        PlatformTransactionManager beginning = manager();
        if (beginning instanceof AbstractPlatformTransactionManager timed
                && timed.getDefaultTimeout() != TransactionDefinition.TIMEOUT_DEFAULT) {
            definition.setTimeout(UNLIMITED_SECONDS);
        }
        try {
            TransactionStatus status = beginning.getTransaction(definition);
            if (guard == null && !transaction.hasManager()) {
                rollBackQuietly(status);
                throw new IllegalStateException(beginning + " did not begin on the connection of the DataSource");
            }
            if (TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(new Suspension(transaction, guard == null));
            }
            return status;
        } catch (RuntimeException e) {
            throw new StateMachineFailureException(
                    "no transaction could be begun for the " + transaction + ": " + e.getMessage(), e);
        }
    }

    private void rollBackQuietly(TransactionStatus status) {
        try {
            manager().rollback(status);
        } catch (RuntimeException e) {
            // What made it necessary is said.
        }
    }

    private void commit(CommandTransaction transaction, TransactionStatus status) {
        transaction.enter(Phase.MANAGER);
        try {
            manager().commit(status);
        } catch (UnexpectedRollbackException e) {
            var explained = rolledBack(transaction);
            explained.initCause(e);
            throw explained;
        }
        if (transaction.wasRolledBack()) {
            throw rolledBack(transaction);
        }
    }

    private static UnexpectedRollbackException rolledBack(CommandTransaction transaction) {
        return new UnexpectedRollbackException("the transaction of the " + transaction
                + " was marked as rollback-only, as a @Transactional method does that throws, although the command caught that:"
                + " what it did is rolled back. Let the exception through, name it in noRollbackFor, or give the method the"
                + " propagation NESTED");
    }

    private void rollBack(CommandTransaction transaction, TransactionStatus status, Throwable cause) {
        transaction.enter(Phase.MANAGER);
        try {
            if (!status.isCompleted()) {
                manager().rollback(status);
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Notices that the transaction manager puts the transaction aside, to begin another or to go without one. */
    private static final class Suspension implements TransactionSynchronization, Ordered {
        private final CommandTransaction transaction;
        private final boolean refused;

        /** @param refused whether to say no at once, as nobody will ask for the other connection where that can be seen */
        Suspension(CommandTransaction transaction, boolean refused) {
            this.transaction = transaction;
            this.refused = refused;
        }

        /** Comes before all others, which are not told that it is over if this says no. */
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void suspend() {
            if (refused) {
                throw new CommandTransactionException(String.valueOf(
                        DataSourceGuard.refuseAnother(transaction).getMessage()));
            }
            transaction.suspended(true);
        }

        @Override
        public void resume() {
            transaction.suspended(false);
        }
    }
}
