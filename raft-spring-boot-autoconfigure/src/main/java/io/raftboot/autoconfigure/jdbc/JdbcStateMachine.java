package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.spring.machine.WrappedStateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A state machine whose state is in a database. The transaction of a command belongs to the apply stage; queries and exports
 * come on other threads, with connections of their own.
 */
final class JdbcStateMachine implements DurableStateMachine, WrappedStateMachine {
    /**
     * Time that a query waits for a command. What it has read before may be locked against the very command, as a table is in
     * PostgreSQL that a command truncates; no database sees that the two wait for each other.
     */
    private static final Duration PATIENCE_TO_BE_ALONE = Duration.ofSeconds(5);

    private final StateMachine wrapped;
    private final MachineDatabase database;

    /** Held for reading by queries and exports, for writing while a restore replaces the content. */
    private final ReentrantReadWriteLock content = new ReentrantReadWriteLock(true);

    /**
     * Held by a command and by a restore, by what writes the database to its disk, which must see half of neither, and by a query that may
     * have changed something, until that is rolled back. The thread that runs its statements need not be the one that ends it.
     */
    private final Semaphore commands = new Semaphore(1, true);

    private final Duration patienceToBeAlone;

    /** Transaction of the command that is being applied. */
    private @Nullable CommandTransaction transaction;

    JdbcStateMachine(StateMachine wrapped, MachineDatabase database) {
        this(wrapped, database, PATIENCE_TO_BE_ALONE);
    }

    /** @param patienceToBeAlone of a query that is about to change something, with a command that is under way */
    JdbcStateMachine(StateMachine wrapped, MachineDatabase database, Duration patienceToBeAlone) {
        this.wrapped = wrapped;
        this.database = database;
        this.patienceToBeAlone = patienceToBeAlone;
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
        commands.acquireUninterruptibly();
        try {
            return transactAlone(work);
        } finally {
            commands.release();
        }
    }

    private <T> T transactAlone(Callable<T> work) throws Exception {
        CommandTransaction begun = database.begin();
        transaction = begun;
        try {
            T result = work.call();
            begun.commit();
            database.written(begun);
            return result;
        } catch (Exception | Error e) {
            rollBack(begun, e);
            throw e;
        } finally {
            transaction = null;
            begun.end();
        }
    }

    private static void rollBack(CommandTransaction begun, Throwable cause) {
        try {
            begun.rollBack();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        var begun = running();
        return new CommandRun(begun, context.index())
                .run(() -> database.transactions().within(begun, Access.WRITE, () -> wrapped.apply(context, command)));
    }

    /** The transaction of the command that is being applied. */
    CommandTransaction running() {
        return Objects.requireNonNull(transaction, "applied outside of a transaction");
    }

    @Override
    public void record(long index, Map<String, byte @Nullable []> changes) throws SQLException {
        database.record(running().connection(), index, changes);
    }

    @Override
    public byte[] query(byte[] query) throws Exception {
        return reading(() -> {
            var alone = new AtomicBoolean();
            try {
                return database.inSnapshot(() -> wrapped.query(query), () -> beAlone(alone));
            } finally {
                if (alone.get()) {
                    commands.release();
                }
            }
        });
    }

    /** No command and no force beside what the query is about to do, until it has ended. */
    private void beAlone(AtomicBoolean already) {
        if (already.get()) {
            return;
        }
        boolean alone;
        try {
            alone = commands.tryAcquire(patienceToBeAlone.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the query was interrupted while it waited for a command", e);
        }
        if (!alone) {
            throw new IllegalStateException(
                    "the query has waited " + patienceToBeAlone.toMillis()
                            + " ms for a command, because it is about to run a statement that may change or lock something,"
                            + " and was given up lest the two wait for each other; let it read alone, or run that statement first");
        }
        already.set(true);
    }

    @Override
    public boolean readsConcurrently() {
        return true;
    }

    @Override
    public long durableIndex() throws SQLException {
        commands.acquireUninterruptibly();
        try {
            return database.force();
        } finally {
            commands.release();
        }
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

    /** None: an export is of what was committed when it is written, and says whose database it is. Results are compared. */
    @Override
    public @Nullable SnapshotWriter canonicalState() {
        return null;
    }

    @Override
    public void restore(InputStream snapshot, long index) throws IOException {
        Lock writing = content.writeLock();
        writing.lock();
        commands.acquireUninterruptibly();
        try {
            database.replaceBy(snapshot, index);
        } catch (SQLException | RuntimeException e) {
            throw new IOException("the database can't be replaced by the export: " + e.getMessage(), e);
        } finally {
            commands.release();
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
