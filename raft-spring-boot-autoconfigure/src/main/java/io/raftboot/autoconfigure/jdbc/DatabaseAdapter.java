package io.raftboot.autoconfigure.jdbc;

import io.raftboot.autoconfigure.jdbc.database.SqlStatements;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What state machines in a database need of it beyond what JDBC has in common. There is one for H2; for another database
 * declare a bean. Connections are given in auto-commit mode and closed by the caller, who also sees to it that nobody reads
 * while the content is replaced.
 */
public interface DatabaseAdapter {
    /**
     * Whether this is the one for a database.
     *
     * @param productName as {@link java.sql.DatabaseMetaData#getDatabaseProductName} tells it
     */
    boolean supports(String productName);

    /** The type of a column for some MiB of bytes, as {@code CREATE TABLE} wants it. */
    String bytesType();

    /** The isolation, one of {@link Connection}, at which all statements of a transaction that only reads see one committed state. */
    int snapshotIsolation();

    /**
     * Whether a text of SQL ends the transaction that it is run in, because it says so or because the database commits behind one
     * of its statements; commands and queries are told no before they run it. By default that is taken for true of all that is not
     * known to read or change rows, or to set or leave a savepoint: statements that define something, above all.
     */
    default boolean endsTransaction(String sql) {
        return SqlStatements.in(sql).stream().anyMatch(statement -> !statement.isOfRows());
    }

    /**
     * What tells the running transaction, in which something was changed already, from the next on the same connection. Asked
     * before each command and after it, so that one that ended its transaction all the same is noticed.
     *
     * @return null, the default, if nothing does; then it is only noticed if the database refuses to release a savepoint of
     *     a transaction that is over
     */
    default @Nullable String transactionId(Connection connection) throws SQLException {
        return null;
    }

    /**
     * Whether a query must not run this text beside commands, and beside what writes the database to its disk, because it may
     * change something, or lock it. That is rolled back, but meanwhile a command would wait for it, or be given up by a database
     * that sees the two wait for each other; and a database that takes a read-only transaction for a hint, as H2 does, may write
     * the change without the means to take it back. By default it is taken for true of all that is not certain to read alone.
     */
    default boolean mustBeAlone(String sql) {
        return !SqlStatements.readsAlone(sql);
    }

    /**
     * Whether an exception is a command's result, because the same command leads to it in the same state on every member, and
     * does not tell that this database failed. Data exceptions, violated constraints, and what functions of the application raise
     * (the classes 22, 23, 44 and 45 of SQL states, and 21000) are known to be, and never asked about.
     */
    default boolean isResult(SQLException thrown) {
        return false;
    }

    /**
     * Looks, when the member starts and the schema is there, whether the database is set up so that it keeps its promises.
     *
     * @throws IllegalStateException if not, saying what to change
     */
    default void checkSettings(Connection connection) throws SQLException {}

    /**
     * Puts a connection in order before it is used, so that what a command has done so far is never written without the means to
     * take it back. Comes for each use, outside of a transaction, so it should be quick for one that it has seen.
     *
     * @throws IllegalStateException if that can't be done, saying what to change
     */
    default void beforeUse(Connection connection) throws SQLException {}

    /**
     * Writes what is committed, some times a second while there are commands, on the thread that runs them and never while one is
     * under way: for a database that does not do so with each commit, and must not do so by itself. Need not be safe from a
     * loss of power.
     */
    default void writeCommitted(Connection connection) throws SQLException {}

    /**
     * The columns that the database numbers by itself, as the schema says it when the member starts. Their numbers are kept alike on
     * all members; by default there are none, and then they are not.
     */
    default List<IdentityColumn> identityColumns(Connection connection) throws SQLException {
        return List.of();
    }

    /** The number that a column gives next, transactions that are under way included; null if it has none any more. */
    default @Nullable Long nextNumber(Connection connection, IdentityColumn column) throws SQLException {
        return null;
    }

    /** Whether a row has this number or one that comes after it. */
    default boolean hasRowsFrom(Connection connection, IdentityColumn column, long number) throws SQLException {
        String comparison = column.increment() > 0 ? " >= " : " <= ";
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(1);
            try (ResultSet rows = statement.executeQuery("SELECT 1 FROM " + column.quotedTable() + " WHERE "
                    + column.quotedColumn() + comparison + number)) {
                return rows.next();
            }
        }
    }

    /** Has a column give this number next. Never while a command is under way; may commit. */
    default void restart(Connection connection, IdentityColumn column, long number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + column.quotedTable() + " ALTER COLUMN " + column.quotedColumn()
                    + " RESTART WITH " + number);
        }
    }

    /** Makes all that is committed safe from a loss of power; nothing is to be done where each commit does. Never called while a command is under way. */
    void force(Connection connection) throws SQLException;

    /**
     * Writes the whole database, definitions and rows, as of one committed state, while transactions go on being committed.
     *
     * @throws IOException if the stream fails
     */
    void exportTo(Connection connection, OutputStream out) throws SQLException, IOException;

    /** Drops all that an export has. */
    void clear(Connection connection) throws SQLException;

    /**
     * Makes anew what {@link #exportTo} wrote, on this member or another, in a database that is clear but for tables that
     * the export does not have.
     *
     * @throws IOException if the stream fails or holds something else
     */
    void importFrom(Connection connection, InputStream in) throws SQLException, IOException;
}
