package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.DurableStateMachine.Position;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The tables that the replica keeps beside those of the state machine; used within the transaction that is running, if any. */
final class Bookkeeping {
    private static final String MACHINE = "raft_state_machine";
    private static final String ROWS = "raft_session_row";

    /** There while the content is being made, so that one that was interrupted is not taken for the whole. */
    private static final String UNFINISHED = "raft_unfinished";

    private static final int MAX_NAME_CHARACTERS = 250;

    private final JdbcTemplate jdbc;

    Bookkeeping(DataSource dataSource) {
        jdbc = new JdbcTemplate(dataSource);
    }

    /** The books on a connection that is somebody else's to close, so that a pool of one is enough. */
    static Bookkeeping on(Connection connection) {
        return new Bookkeeping(new SingleConnectionDataSource(connection, true));
    }

    /** Whether all of it is there: the row is written last. */
    boolean exists(Connection connection) throws SQLException {
        return exists(connection, MACHINE)
                && !jdbc.queryForList("SELECT * FROM " + MACHINE).isEmpty();
    }

    boolean isUnfinished(Connection connection) throws SQLException {
        return exists(connection, UNFINISHED);
    }

    void beginMaking() {
        jdbc.execute("CREATE TABLE " + UNFINISHED + " (begun INT)");
    }

    void endMaking() {
        jdbc.execute("DROP TABLE " + UNFINISHED);
    }

    /** Makes the tables in a database that is new, or where a crash cut this short. */
    void create(Connection connection, Owner owner, String bytesType) throws SQLException {
        for (String table : List.of(ROWS, MACHINE)) {
            if (exists(connection, table)) {
                jdbc.execute("DROP TABLE " + table);
            }
        }
        jdbc.execute("CREATE TABLE " + ROWS + " (name VARCHAR(80) PRIMARY KEY, content " + bytesType + " NOT NULL)");
        jdbc.execute("CREATE TABLE " + MACHINE + " (name VARCHAR(" + MAX_NAME_CHARACTERS
                + ") PRIMARY KEY, cluster_name VARCHAR("
                + MAX_NAME_CHARACTERS + ") NOT NULL, node_id BIGINT NOT NULL, applied_index BIGINT NOT NULL,"
                + " logged_index BIGINT NOT NULL)");
        jdbc.update(
                "INSERT INTO " + MACHINE + " VALUES (?, ?, ?, 0, 0)",
                owner.machine(),
                owner.clusterName(),
                owner.nodeId());
    }

    Owner owner() {
        return one(
                "SELECT name, cluster_name, node_id FROM " + MACHINE,
                row -> new Owner(row.getString(1), row.getString(2), row.getLong(3)));
    }

    /** @throws IllegalStateException if part of a command was committed without the rest of it */
    Position position() {
        Position position = one(
                "SELECT applied_index, logged_index FROM " + MACHINE,
                row -> new Position(row.getLong(1), row.getLong(2)));
        if (position.appliedIndex() < 0) {
            throw new IllegalStateException(
                    "the database of " + owner() + " holds part of what the command at index "
                            + -position.appliedIndex()
                            + " did: something in it ended its transaction, so that its result and index"
                            + " were not written with it. The database can't be used any more; correct the command so that it ends"
                            + " no transaction, and let the database be made anew, by its schema or by a snapshot of another member");
        }
        return position;
    }

    /**
     * Says that a command is under way, by its index below 0: only who commits a part of it shows that to anybody, and is found
     * out by it, also when the member dies just then.
     */
    void begun(long index) {
        expectOne(jdbc.update("UPDATE " + MACHINE + " SET applied_index = ?", -index));
    }

    /** What came from another member is this one's now. */
    void adopt(Owner owner, long snapshotIndex) {
        long appliedIndex = Math.max(position().appliedIndex(), snapshotIndex);
        expectOne(jdbc.update(
                "UPDATE " + MACHINE + " SET cluster_name = ?, node_id = ?, applied_index = ?, logged_index = ?",
                owner.clusterName(),
                owner.nodeId(),
                appliedIndex,
                snapshotIndex));
    }

    void applied(long index) {
        expectOne(jdbc.update("UPDATE " + MACHINE + " SET applied_index = ?, logged_index = ?", index, index));
    }

    void readRows(BiConsumer<String, byte[]> reader) {
        jdbc.query("SELECT name, content FROM " + ROWS, row -> {
            reader.accept(row.getString(1), row.getBytes(2));
        });
    }

    void change(Map<String, byte @Nullable []> rows) {
        rows.forEach((name, content) -> {
            if (content == null) {
                jdbc.update("DELETE FROM " + ROWS + " WHERE name = ?", name);
            } else if (jdbc.update("UPDATE " + ROWS + " SET content = ? WHERE name = ?", content, name) == 0) {
                jdbc.update("INSERT INTO " + ROWS + " VALUES (?, ?)", name, content);
            }
        });
    }

    private interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private <T> T one(String sql, Mapper<T> mapper) {
        T only = jdbc.queryForObject(sql, (row, number) -> mapper.map(row));
        if (only == null) {
            throw new IllegalStateException("no row in " + MACHINE);
        }
        return only;
    }

    private static void expectOne(int updated) {
        if (updated != 1) {
            throw new IllegalStateException(
                    "the table " + MACHINE + " has " + updated + " rows in place of one: somebody else has changed it");
        }
    }

    static boolean exists(Connection connection, String table) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        String stored = metadata.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table;
        try (ResultSet tables = metadata.getTables(connection.getCatalog(), connection.getSchema(), stored, null)) {
            return tables.next();
        }
    }
}
