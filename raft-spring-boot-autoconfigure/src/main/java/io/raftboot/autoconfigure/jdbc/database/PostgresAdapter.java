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
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * PostgreSQL: the state is the current schema of the connections, which belongs to this member alone. An export holds, as of one
 * state, statements that make the schema anew, and each row as PostgreSQL writes it in text. What an export can't carry is refused
 * by name when the member starts.
 */
public final class PostgresAdapter implements DatabaseAdapter {
    private static final int FORMAT_VERSION = 1;
    private static final int END = -1;
    private static final int STATEMENT = 1;
    private static final int TABLE = 2;
    private static final int ROW = 3;

    /** PostgreSQL's own limit is 1 GB. */
    private static final int MAX_TEXT_BYTES = 1024 * 1024 * 1024;

    private static final int ROWS_AT_ONCE = 100;

    /** Size of the rows that are inserted together; large ones go by themselves. */
    private static final int CHARACTERS_AT_ONCE = 1024 * 1024;

    /** A command is at it, and over soon. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final int LOCK_ATTEMPTS = 500;
    private static final long LOCK_PAUSE_NANOS = 20_000_000;

    /** Beginnings of what ends a transaction; rolling back to a savepoint does not. All else is part of it, definitions too. */
    private static final Set<String> ENDINGS = Set.of("COMMIT", "END", "ABORT", "ROLLBACK", "BEGIN", "START");

    /** Settings by which a text means the same wherever it is read; what would cut an export short is off. */
    private static final List<String> TEXT_SETTINGS = List.of(
            "datestyle = 'ISO'",
            "intervalstyle = 'postgres'",
            "extra_float_digits = 1",
            "bytea_output = 'hex'",
            "lc_monetary = 'C'",
            "xmloption = 'content'",
            "standard_conforming_strings = on",
            "statement_timeout = 0",
            "lock_timeout = 0",
            "idle_in_transaction_session_timeout = 0");

    /**
     * Results beside those of the standard: raised by functions, a transaction that goes on behind a failed statement or is
     * ended by a procedure, what can't be done in a transaction or at all, limits of the program.
     */
    private static final Set<String> RESULT_STATES = Set.of("25P02", "25001", "2D000", "0A000");

    private static final Set<String> RESULT_CLASSES = Set.of("P0", "54");
    private static final int CLASS_CHARACTERS = 2;

    @Override
    public boolean supports(String productName) {
        return productName.equals("PostgreSQL");
    }

    @Override
    public String bytesType() {
        return "BYTEA";
    }

    @Override
    public int snapshotIsolation() {
        return Connection.TRANSACTION_REPEATABLE_READ;
    }

    @Override
    public boolean endsTransaction(String sql) {
        return SqlStatements.in(sql).stream()
                .anyMatch(statement -> statement.begins("PREPARE", "TRANSACTION")
                        || (ENDINGS.contains(statement.first().get(0)) && !statement.returnsToSavepoint()));
    }

    @Override
    public boolean isResult(SQLException thrown) {
        String state = thrown.getSQLState();
        return state != null
                && (RESULT_STATES.contains(state)
                        || (state.length() > CLASS_CHARACTERS
                                && RESULT_CLASSES.contains(state.substring(0, CLASS_CHARACTERS))));
    }

    /** Settings with which a commit may not be there after a loss of power, and what an export would not have. */
    @Override
    public void checkSettings(Connection connection) throws SQLException {
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            if (one(connection, "SHOW " + setting).equals("off")) {
                throw new IllegalStateException("PostgreSQL runs with " + setting
                        + " = off, so that a commit may be lost with the power. Set it to on, in postgresql.conf or where the"
                        + " role, the database or the URL set it");
            }
        }
        if (one(connection, "SELECT pg_is_in_recovery()").equals("t")) {
            throw new IllegalStateException(
                    "this PostgreSQL is a standby, which can't be written to. Give the member a server of its own");
        }
        checkSchema(connection);
    }

    private static void checkSchema(Connection connection) throws SQLException {
        if (connection.getSchema() == null) {
            throw new IllegalStateException(
                    "the connection has no current schema. Create the one that its search_path names, or"
                            + " name another, for example by currentSchema in the URL");
        }
        List<String> foreign = new PostgresCatalog(connection).foreignObjects();
        if (!foreign.isEmpty()) {
            throw new IllegalStateException(
                    "the schema '" + connection.getSchema() + "' has what no snapshot can carry: "
                            + String.join(", ", foreign)
                            + ". Use ordinary tables, with bytea or text in place of large objects; views, sequences, indexes,"
                            + " constraints, enum types and domains are carried, and what is in another schema is left alone");
        }
    }

    @Override
    public List<IdentityColumn> identityColumns(Connection connection) throws SQLException {
        return new PostgresCatalog(connection).identityColumns();
    }

    @Override
    public Long nextNumber(Connection connection, IdentityColumn column) throws SQLException {
        String sequence = sequence(connection, column);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CASE WHEN is_called THEN last_value + "
                        + column.increment() + " ELSE last_value END FROM " + sequence)) {
            if (!row.next()) {
                throw new SQLException("the sequence " + sequence + " of the column " + column + " is empty");
            }
            return row.getLong(1);
        }
    }

    private static String sequence(Connection connection, IdentityColumn column) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_get_serial_sequence(quote_ident(?), ?)")) {
            statement.setString(1, column.table());
            statement.setString(2, column.column());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    /** A transaction that is forced forces all before it, though one may have been told not to wait for that. */
    @Override
    public void force(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit = on");
            statement.execute("SELECT txid_current()");
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void exportTo(Connection connection, OutputStream out) throws SQLException, IOException {
        checkSchema(connection);
        List<String> tables = new PostgresCatalog(connection).tables();
        int isolation = connection.getTransactionIsolation();
        connection.setTransactionIsolation(snapshotIsolation());
        connection.setAutoCommit(false);
        try {
            lock(connection, tables);
            prepare(connection);
            write(connection, tables, new DataOutputStream(out));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(isolation);
        }
    }

    /**
     * Locks the tables before the first look, which is as of the moment after: a table that is truncated or changed looks empty or new to all.
     * Never waits for one table with the lock of another in hand: a command that wants the two the other way round might be
     * given up for it by PostgreSQL, and stop the member.
     */
    private static void lock(Connection connection, List<String> tables) throws SQLException {
        for (int attempt = 1; !tables.isEmpty() && !isLocked(connection, tables); attempt++) {
            if (attempt == LOCK_ATTEMPTS || Thread.currentThread().isInterrupted()) {
                throw new SQLException("tables are being changed all the time, " + attempt
                        + " attempts of the export to find them as they stay were in vain; it is tried again later");
            }
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
        List<String> now = new PostgresCatalog(connection).tables();
        if (!now.equals(tables)) {
            throw new SQLException("tables were made or dropped while the export began: " + tables + ", then " + now
                    + "; it is tried again later");
        }
    }

    private static boolean isLocked(Connection connection, List<String> tables) throws SQLException {
        try {
            execute(connection, "LOCK TABLE " + String.join(", ", tables) + " IN ACCESS SHARE MODE NOWAIT");
            return true;
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
            return false;
        }
    }

    private static void write(Connection connection, List<String> tables, DataOutputStream data)
            throws SQLException, IOException {
        var catalog = new PostgresCatalog(connection);
        data.writeInt(FORMAT_VERSION);
        for (String statement : catalog.beforeRows()) {
            write(data, STATEMENT, statement);
        }
        for (String table : tables) {
            write(data, TABLE, catalog.insertInto(table));
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows =
                        statement.executeQuery("SELECT (raft_row.*)::text FROM " + table + " AS raft_row")) {
                    while (rows.next()) {
                        write(data, ROW, rows.getString(1));
                    }
                }
            }
        }
        for (String statement : catalog.afterRows()) {
            write(data, STATEMENT, statement);
        }
        data.writeInt(END);
        data.flush();
    }

    private static void write(DataOutputStream data, int kind, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data.writeInt(kind);
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    @Override
    public void clear(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (String statement : new PostgresCatalog(connection).drops()) {
                execute(connection, statement);
            }
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void importFrom(Connection connection, InputStream in) throws SQLException, IOException {
        var data = new DataInputStream(in);
        int version = data.readInt();
        if (version != FORMAT_VERSION) {
            throw new IOException(
                    "the export of PostgreSQL has format " + version + ", this version reads " + FORMAT_VERSION);
        }
        connection.setAutoCommit(false);
        try {
            prepare(connection);
            read(connection, data);
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void read(Connection connection, DataInputStream data) throws SQLException, IOException {
        List<String> rows = new ArrayList<>();
        long characters = 0;
        String insert = "";
        for (int kind = data.readInt(); kind != END; kind = data.readInt()) {
            String text = text(data);
            if (kind == ROW) {
                rows.add(text);
                characters += text.length();
                if (rows.size() == ROWS_AT_ONCE || characters > CHARACTERS_AT_ONCE) {
                    insert(connection, insert, rows);
                    characters = 0;
                }
                continue;
            }
            insert(connection, insert, rows);
            switch (kind) {
                case TABLE -> insert = text;
                case STATEMENT -> execute(connection, text);
                default -> throw new IOException("the export of PostgreSQL holds something of the kind " + kind);
            }
        }
        insert(connection, insert, rows);
    }

    private static String text(DataInputStream data) throws IOException {
        int length = data.readInt();
        if (length < 0 || length > MAX_TEXT_BYTES) {
            throw new IOException("the export of PostgreSQL holds a text of " + length + " bytes");
        }
        byte[] bytes = data.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("the export of PostgreSQL ends in a text");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void insert(Connection connection, String insert, List<String> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (String row : rows) {
                statement.setString(1, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        rows.clear();
    }

    /** Settles how names are written in the running transaction: only the schema's own without the schema. */
    private static void prepare(Connection connection) throws SQLException {
        for (String setting : TEXT_SETTINGS) {
            execute(connection, "SET LOCAL " + setting);
        }
        execute(connection, "SELECT set_config('search_path', quote_ident(current_schema()), true)");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }
}
