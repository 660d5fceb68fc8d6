package io.raftboot.autoconfigure.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;

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

    /** Makes all that is committed safe from a loss of power; nothing is to be done where each commit does. */
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
