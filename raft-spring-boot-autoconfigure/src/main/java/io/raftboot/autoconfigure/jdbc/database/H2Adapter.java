package io.raftboot.autoconfigure.jdbc.database;

import io.raftboot.autoconfigure.jdbc.DatabaseAdapter;
import io.raftboot.autoconfigure.jdbc.IdentityColumn;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** H2 exports itself as a script ({@code SCRIPT}); in the log's snapshots its statements stand one after the other. */
public final class H2Adapter implements DatabaseAdapter {
    private static final int FORMAT_VERSION = 1;

    /** Milliseconds: as good as never. */
    private static final String NO_WRITES_OF_ITS_OWN = String.valueOf(Integer.MAX_VALUE);

    private static final int ADMIN_RIGHTS_REQUIRED = 90040;
    private static final int END = -1;

    /** A statement holds a few rows, and large values in pieces. */
    private static final int MAX_STATEMENT_BYTES = 256 * 1024 * 1024;

    /**
     * What a command may run into in H2 itself, beside the classes of SQL states that say so: a sequence that is exhausted, values
     * and parameters that do not fit or are missing, objects that can't be (de)serialized, a subquery with several rows, exceptions
     * of triggers and functions, texts and precisions.
     */
    private static final Set<Integer> RESULTS =
            Set.of(90006, 90008, 90012, 90026, 90027, 90044, 90053, 90095, 90105, 90110, 90142, 90148, 90150, 90151);

    /** Those that are in order, by what is below a pool. */
    private final Set<Connection> prepared =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    @Override
    public boolean supports(String productName) {
        return productName.equals("H2");
    }

    @Override
    public String bytesType() {
        return "BLOB";
    }

    /** Snapshot of H2: one state of all tables, taken with the first statement, for readers without a lock. */
    @Override
    public int snapshotIsolation() {
        return Connection.TRANSACTION_SERIALIZABLE;
    }

    /** Temporary tables, as Hibernate makes them, are the one definition that can be part of a transaction. */
    @Override
    public boolean endsTransaction(String sql) {
        return SqlStatements.in(sql).stream()
                .anyMatch(statement -> !statement.isOfRows()
                        && !statement.begins("SET", "@")
                        && !(statement.begins("CREATE", "LOCAL", "TEMPORARY", "TABLE")
                                && statement.last().equals("TRANSACTIONAL")));
    }

    /** There is one when something has been changed. */
    @Override
    public @Nullable String transactionId(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet id = statement.executeQuery("SELECT TRANSACTION_ID()")) {
            return id.next() ? id.getString(1) : null;
        }
    }

    @Override
    public boolean isResult(SQLException thrown) {
        return RESULTS.contains(thrown.getErrorCode());
    }

    /**
     * H2's own writer takes the tables and the log of what is to be undone at different moments. If the process dies then, a
     * statement of the last command is found done and the rest not, which no transaction would show. So that writer is turned off;
     * what the committing thread writes is whole.
     */
    @Override
    public void beforeUse(Connection connection) throws SQLException {
        Connection physical =
                connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
        if (prepared.contains(physical) || connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            if (!NO_WRITES_OF_ITS_OWN.equals(writeDelay(statement))) {
                statement.execute("SET WRITE_DELAY " + NO_WRITES_OF_ITS_OWN);
            }
        } catch (SQLException e) {
            if (e.getErrorCode() == ADMIN_RIGHTS_REQUIRED) {
                throw new IllegalStateException(
                        "H2 would write commands that are under way, and might keep a part of one when the process dies. Let an"
                                + " administrator run SET WRITE_DELAY " + NO_WRITES_OF_ITS_OWN
                                + " in this database once, and leave WRITE_DELAY out of the URL; or give the user of the"
                                + " DataSource admin rights",
                        e);
            }
            throw e;
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        prepared.add(physical);
    }

    private static @Nullable String writeDelay(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery(
                "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'WRITE_DELAY'")) {
            return found.next() ? found.getString(1) : null;
        }
    }

    @Override
    public void writeCommitted(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    /** Forces what H2 would write some time after its commit. */
    @Override
    public void force(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    @Override
    public List<IdentityColumn> identityColumns(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT table_schema, table_name, column_name, identity_increment"
                                + " FROM information_schema.columns WHERE is_identity = 'YES' ORDER BY 1, 2, 3")) {
            List<IdentityColumn> columns = new ArrayList<>();
            while (found.next()) {
                columns.add(new IdentityColumn(
                        found.getString(1), found.getString(2), found.getString(3), found.getLong(4)));
            }
            return columns;
        }
    }

    @Override
    public @Nullable Long nextNumber(Connection connection, IdentityColumn column) throws SQLException {
        Long known = H2Sequences.next(connection, column);
        return known != null ? known : askForNextNumber(connection, column);
    }

    static @Nullable Long askForNextNumber(Connection connection, IdentityColumn column) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT identity_base FROM information_schema.columns"
                        + " WHERE table_schema = ? AND table_name = ? AND column_name = ?")) {
            statement.setString(1, column.schema());
            statement.setString(2, column.table());
            statement.setString(3, column.column());
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? found.getObject(1, Long.class) : null;
            }
        }
    }

    @Override
    public void exportTo(Connection connection, OutputStream out) throws SQLException, IOException {
        int isolation = connection.getTransactionIsolation();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(snapshotIsolation());
        var data = new DataOutputStream(out);
        data.writeInt(FORMAT_VERSION);
        try (Statement statement = connection.createStatement();
                ResultSet script = statement.executeQuery("SCRIPT NOSETTINGS")) {
            while (script.next()) {
                byte[] text = script.getString(1).getBytes(StandardCharsets.UTF_8);
                data.writeInt(text.length);
                data.write(text);
            }
        } finally {
            // Not every pool puts this right for who gets the connection next.
            connection.rollback();
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(true);
        }
        data.writeInt(END);
        data.flush();
    }

    @Override
    public void clear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP ALL OBJECTS");
        }
    }

    @Override
    public void importFrom(Connection connection, InputStream in) throws SQLException, IOException {
        var data = new DataInputStream(in);
        int version = data.readInt();
        if (version != FORMAT_VERSION) {
            throw new IOException("the export of H2 has format " + version + ", this version reads " + FORMAT_VERSION);
        }
        try (Statement statement = connection.createStatement()) {
            for (int length = data.readInt(); length != END; length = data.readInt()) {
                if (length < 0 || length > MAX_STATEMENT_BYTES) {
                    throw new IOException("the export of H2 holds a statement of " + length + " bytes");
                }
                statement.execute(new String(data.readNBytes(length), StandardCharsets.UTF_8));
            }
        }
    }
}
