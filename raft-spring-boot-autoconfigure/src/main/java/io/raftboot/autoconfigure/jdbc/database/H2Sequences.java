package io.raftboot.autoconfigure.jdbc.database;

import io.raftboot.autoconfigure.jdbc.IdentityColumn;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.schema.Schema;
import org.h2.schema.Sequence;
import org.h2.table.Column;
import org.h2.table.Table;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that columns of an embedded H2 give next, from H2's own objects: its information schema makes a table of all columns
 * for each question, which takes some hundred times as long as a command that writes a row. Where those objects are not as they
 * are known here, the information schema has to be asked.
 */
final class H2Sequences {
    private H2Sequences() {}

    /** The number; null if it can't be told from here. */
    static @Nullable Long next(Connection connection, IdentityColumn column) throws SQLException {
        try {
            return connection.isWrapperFor(JdbcConnection.class)
                            && connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                    ? next(session, column)
                    : null;
        } catch (LinkageError e) {
            // Another version of H2.
            return null;
        }
    }

    private static @Nullable Long next(SessionLocal session, IdentityColumn column) {
        Schema schema = session.getDatabase().findSchema(column.schema());
        Table table = schema == null ? null : schema.findTableOrView(session, column.table());
        Column numbered = table == null ? null : table.findColumn(column.column());
        Sequence sequence = numbered == null ? null : numbered.getSequence();
        return sequence == null || sequence.getCycle() == Sequence.Cycle.EXHAUSTED
                ? null
                : (Long) sequence.getBaseValue();
    }
}
