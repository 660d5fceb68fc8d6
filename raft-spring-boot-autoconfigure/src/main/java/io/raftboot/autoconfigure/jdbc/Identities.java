package io.raftboot.autoconfigure.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has identity columns give the same numbers on all members. No database takes such a number back: not with the transaction that
 * used it, and behind a crash it goes on with one that it had only set aside. So the next number of each column is written with
 * each command, in its transaction, and when the database is opened, or comes from another member, the columns go on from what
 * is written.
 */
final class Identities {
    private static final Logger log = LoggerFactory.getLogger(Identities.class);

    private static final String TABLE = "raft_identity";
    private static final String OF_COLUMN = " WHERE schema_name = ? AND table_name = ? AND column_name = ?";
    private static final int FIRST_OF_COLUMN = 2;

    /** What is written. Replaced before commands run, then only by the thread that runs them. */
    private volatile Map<IdentityColumn, Long> written = Map.of();

    /** Puts the columns right, in auto-commit mode; never while a command is under way. */
    void settle(Connection connection, DatabaseAdapter adapter) throws SQLException {
        List<IdentityColumn> columns = adapter.identityColumns(connection);
        if (!columns.isEmpty() && !Bookkeeping.exists(connection, TABLE)) {
            makeTable(connection);
        }
        var settled = new HashMap<IdentityColumn, Long>();
        for (IdentityColumn column : columns) {
            Long next = adapter.nextNumber(connection, column);
            Long last = read(connection, column);
            if (next != null && last != null && !next.equals(last)) {
                next = goOn(connection, adapter, column, next, last);
            }
            if (next != null) {
                write(connection, column, next);
                settled.put(column, next);
            }
        }
        written = Map.copyOf(settled);
    }

    private static void makeTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (schema_name VARCHAR(256), table_name VARCHAR(256),"
                    + " column_name VARCHAR(256), next_number BIGINT NOT NULL,"
                    + " PRIMARY KEY (schema_name, table_name, column_name))");
        }
    }

    /** Rows with numbers that no command had got from it tell that whoever wrote them wants others for the next. */
    private static Long goOn(
            Connection connection, DatabaseAdapter adapter, IdentityColumn column, long next, long last)
            throws SQLException {
        boolean ahead = column.increment() > 0 ? next > last : next < last;
        if (ahead && adapter.hasRowsFrom(connection, column, last)) {
            log.warn(
                    "the column {} has rows from {} on that were not numbered by commands, so it goes on with {},"
                            + " which may not be alike on all members",
                    column,
                    last,
                    next);
            return next;
        }
        log.info("the column {} goes on with {}, as behind the last command, and not with {}", column, last, next);
        adapter.restart(connection, column, last);
        return last;
    }

    /** Within the transaction of a command, behind all it did. */
    void record(Connection connection, DatabaseAdapter adapter) throws SQLException {
        var known = written;
        if (known.isEmpty()) {
            return;
        }
        var changed = new HashMap<IdentityColumn, Long>();
        for (IdentityColumn column : known.keySet()) {
            Long next = adapter.nextNumber(connection, column);
            if (next != null && !Objects.equals(next, known.get(column))) {
                write(connection, column, next);
                changed.put(column, next);
            }
        }
        if (!changed.isEmpty()) {
            var all = new HashMap<>(known);
            all.putAll(changed);
            written = Map.copyOf(all);
        }
    }

    private static @Nullable Long read(Connection connection, IdentityColumn column) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT next_number FROM " + TABLE + OF_COLUMN)) {
            name(statement, 1, column);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }

    private static void write(Connection connection, IdentityColumn column, long next) throws SQLException {
        int updated = update(connection, "UPDATE " + TABLE + " SET next_number = ?" + OF_COLUMN, column, next);
        if (updated == 0) {
            update(
                    connection,
                    "INSERT INTO " + TABLE + " (next_number, schema_name, table_name, column_name) VALUES (?, ?, ?, ?)",
                    column,
                    next);
        }
    }

    private static int update(Connection connection, String sql, IdentityColumn column, long next) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, next);
            name(statement, FIRST_OF_COLUMN, column);
            return statement.executeUpdate();
        }
    }

    private static void name(PreparedStatement statement, int first, IdentityColumn column) throws SQLException {
        int parameter = first;
        for (String name : new String[] {column.schema(), column.table(), column.column()}) {
            statement.setString(parameter++, name);
        }
    }
}
