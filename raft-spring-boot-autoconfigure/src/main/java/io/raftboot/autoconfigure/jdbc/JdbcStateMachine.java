package io.raftboot.autoconfigure.jdbc;

import io.raftboot.replica.CommandContext;
import io.raftboot.replica.DurableStateMachine;
import io.raftboot.replica.SnapshotWriter;
import io.raftboot.replica.StateMachine;
import io.raftboot.replica.StateMachineFailureException;
import io.raftboot.spring.ResultEncodingException;
import io.raftboot.spring.WrappedStateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;

/**
 * A state machine whose state is in a database. The transaction of a command belongs to the apply stage; queries and exports
 * come on other threads, with connections of their own.
 */
final class JdbcStateMachine implements DurableStateMachine, WrappedStateMachine {
    private final StateMachine wrapped;
    private final MachineDatabase database;

    /** Held for reading by queries and exports, for writing while a restore replaces the content. */
    private final ReentrantReadWriteLock content = new ReentrantReadWriteLock(true);

    /** Of the command that is being applied. */
    private @Nullable TransactionStatus transaction;

    JdbcStateMachine(StateMachine wrapped, MachineDatabase database) {
        this.wrapped = wrapped;
        this.database = database;
    }

    @Override
    public StateMachine wrapped() {
        return wrapped;
    }

    @Override
    public Position position() throws SQLException, IOException {
        return database.open();
    }

    @Override
    public void readRows(BiConsumer<String, byte[]> reader) {
        database.bookkeeping().readRows(reader);
    }

    @Override
    public <T> T transact(Callable<T> work) throws Exception {
        TransactionStatus status = database.begin();
        transaction = status;
        try {
            T result = work.call();
            database.commit(status);
            return result;
        } catch (Exception | Error e) {
            rollBack(status, e);
            throw e;
        } finally {
            transaction = null;
        }
    }

    private void rollBack(TransactionStatus status, Throwable cause) {
        if (status.isCompleted()) {
            return;
        }
        try {
            database.rollBack(status);
        } catch (TransactionException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        TransactionStatus status = Objects.requireNonNull(transaction, "applied outside of a transaction");
        try {
            return applyBehind(status.createSavepoint(), status, context, command);
        } catch (TransactionException e) {
            throw failed(context, e);
        }
    }

    private byte[] applyBehind(Object savepoint, TransactionStatus status, CommandContext context, byte[] command)
            throws Exception {
        try {
            byte[] result = wrapped.apply(context, command);
            status.releaseSavepoint(savepoint);
            return result;
        } catch (StateMachineFailureException | ResultEncodingException e) {
            throw e;
        } catch (Exception e) {
            if (DatabaseFailures.isFailure(e)) {
                throw failed(context, e);
            }
            status.rollbackToSavepoint(savepoint);
            throw e;
        }
    }

    private static StateMachineFailureException failed(CommandContext context, Exception e) {
        return new StateMachineFailureException(
                "the database failed with the command at index " + context.index() + ": " + e.getMessage(), e);
    }

    @Override
    public void record(long index, Map<String, byte @Nullable []> changes) {
        database.bookkeeping().change(changes);
        database.bookkeeping().applied(index);
    }

    @Override
    public byte[] query(byte[] query) throws Exception {
        return reading(() -> database.inSnapshot(() -> wrapped.query(query)));
    }

    @Override
    public boolean readsConcurrently() {
        return true;
    }

    @Override
    public long durableIndex() throws SQLException {
        return database.force();
    }

    @Override
    public SnapshotWriter snapshot() {
        return out -> {
            try {
                reading(() -> {
                    database.exportTo(out);
                    return true;
                });
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("the database can't be exported: " + e.getMessage(), e);
            }
        };
    }

    @Override
    public void restore(InputStream snapshot, long index) throws IOException {
        Lock writing = content.writeLock();
        writing.lock();
        try {
            database.replaceBy(snapshot, index);
        } catch (SQLException | RuntimeException e) {
            throw new IOException("the database can't be replaced by the export: " + e.getMessage(), e);
        } finally {
            writing.unlock();
        }
    }

    private <T> T reading(Callable<T> action) throws Exception {
        Lock reading = content.readLock();
        reading.lock();
        try {
            return action.call();
        } finally {
            reading.unlock();
        }
    }
}
