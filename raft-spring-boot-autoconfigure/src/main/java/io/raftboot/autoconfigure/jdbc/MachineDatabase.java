package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.ForeignStateException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** The database of one state machine. Nothing is opened before {@link #open}, which the member calls when it has its lock. */
final class MachineDatabase {
    private static final Logger log = LoggerFactory.getLogger(MachineDatabase.class);

    /** Time between two writes, as H2 would do them by itself. */
    private static final long WRITE_INTERVAL_NANOS = 500_000_000;

    private final DataSource dataSource;
    private final Owner owner;
    private final List<DatabaseAdapter> adapters;
    private final @Nullable Resource schema;
    private final MachineTransactions transactions;
    private final Bookkeeping bookkeeping;
    private final Identities identities = new Identities();
    private volatile @Nullable DatabaseAdapter adapter;

    /** Belongs to the thread that runs commands. */
    private long lastWriteNanos = System.nanoTime();

    /**
     * One that the application uses with a transaction manager of JDBC's.
     *
     * @param schema run when the database is new
     */
    MachineDatabase(DataSource dataSource, Owner owner, List<DatabaseAdapter> adapters, @Nullable Resource schema) {
        this(dataSource, owner, adapters, schema, own(dataSource));
    }

    /** @param dataSource with nothing before it that knows of commands */
    MachineDatabase(
            DataSource dataSource,
            Owner owner,
            List<DatabaseAdapter> adapters,
            @Nullable Resource schema,
            MachineTransactions transactions) {
        this.dataSource = dataSource;
        this.owner = owner;
        this.adapters = adapters;
        this.schema = schema;
        this.transactions = transactions;
        this.bookkeeping = new Bookkeeping(dataSource);
    }

    private static MachineTransactions own(DataSource dataSource) {
        var manager = new JdbcTransactionManager(dataSource);
        return new MachineTransactions(dataSource, null, () -> manager);
    }

    MachineTransactions transactions() {
        return transactions;
    }

    Bookkeeping bookkeeping() {
        return bookkeeping;
    }

    /** Makes what has to be there, and tells how far the state is. */
    Position open() throws SQLException, IOException {
        transactions.manager();
        try (Connection connection = connection()) {
            var found = adapter(connection);
            found.beforeUse(connection);
            adapter = found;
            var tables = Bookkeeping.on(connection);
            if (tables.isUnfinished(connection)) {
                log.warn("the database of {} was left unfinished by a crash; it is made anew", owner);
                found.clear(connection);
                transactions.contentReplaced();
            }
            if (!tables.exists(connection)) {
                make(connection, tables, found);
            }
            found.checkSettings(connection);
        }
        checkOwner();
        Position position = bookkeeping.position();
        try (Connection connection = connection()) {
            identities.settle(connection, adapter());
        }
        return position;
    }

    private void make(Connection connection, Bookkeeping tables, DatabaseAdapter found) throws SQLException {
        if (schema == null) {
            tables.create(connection, owner, found.bytesType());
            return;
        }
        tables.beginMaking();
        new ResourceDatabasePopulator(schema).populate(connection);
        tables.create(connection, owner, found.bytesType());
        tables.endMaking();
    }

    private void checkOwner() throws ForeignStateException {
        Owner found = bookkeeping.owner();
        if (!found.equals(owner)) {
            throw new ForeignStateException("the database belongs to " + found + ", and not to " + owner
                    + ". Give each member a database of its own, and each state machine too");
        }
    }

    private DatabaseAdapter adapter(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return adapters.stream()
                .filter(candidate -> candidate.supports(product))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no way to take snapshots of the database '"
                        + product + "'. Declare a bean of the type " + DatabaseAdapter.class.getName()
                        + " for it, or use H2 or PostgreSQL"));
    }

    /** Begins a command's transaction, which the caller ends. */
    CommandTransaction begin() throws SQLException {
        return CommandTransaction.begin("command", dataSource, adapter(), null);
    }

    /** Within the transaction of a command, behind all it did. */
    void record(Connection connection, long index, Map<String, byte @Nullable []> changes) throws SQLException {
        var tables = Bookkeeping.on(connection);
        tables.change(changes);
        tables.applied(index);
        identities.record(connection, adapter());
    }

    /** Behind a commit, on its connection and thread: what a dying process leaves behind is not far behind the log. */
    void written(CommandTransaction committed) throws SQLException {
        long now = System.nanoTime();
        if (now - lastWriteNanos >= WRITE_INTERVAL_NANOS) {
            lastWriteNanos = now;
            adapter().writeCommitted(committed.connection());
        }
    }

    /**
     * Runs what reads, on one committed state; what it writes is rolled back.
     *
     * @param beforeChange as {@link CommandTransaction#beforeChange}
     */
    <T> T inSnapshot(Callable<T> action, Runnable beforeChange) throws Exception {
        var begun = CommandTransaction.begin(
                        "query", dataSource, adapter(), adapter().snapshotIsolation())
                .beforeChange(beforeChange);
        try {
            T answer = transactions.within(begun, Access.READ, action);
            begun.throwIfRefused(null);
            return answer;
        } catch (Exception e) {
            begun.throwIfRefused(e);
            throw e;
        } finally {
            try {
                begun.rollBack();
            } finally {
                begun.end();
            }
        }
    }

    /** Forces what is committed, never while a command is under way. The index is read first: what is committed meanwhile is forced as well, but not vouched for. */
    long force() throws SQLException {
        long index = bookkeeping.position().appliedIndex();
        try (Connection connection = connection()) {
            adapter().force(connection);
        }
        return index;
    }

    void exportTo(OutputStream out) throws SQLException, IOException {
        try (Connection connection = connection()) {
            adapter().exportTo(connection, out);
        }
    }

    /** Replaces all that is there. Where it is interrupted, {@link #open} finds the database unfinished, and the member brings the snapshot again. */
    void replaceBy(InputStream in, long snapshotIndex) throws SQLException, IOException {
        try (Connection connection = connection()) {
            var tables = Bookkeeping.on(connection);
            adapter().clear(connection);
            tables.beginMaking();
            adapter().importFrom(connection, in);
            if (!tables.exists(connection)) {
                throw new IOException("it is none of a state machine");
            }
            tables.adopt(owner, snapshotIndex);
            identities.settle(connection, adapter());
            tables.endMaking();
        } finally {
            transactions.contentReplaced();
        }
        checkOwner();
    }

    private DatabaseAdapter adapter() {
        return Objects.requireNonNull(adapter, "used before it was opened");
    }

    private Connection connection() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(true);
        var known = adapter;
        if (known != null) {
            known.beforeUse(connection);
        }
        return connection;
    }
}
