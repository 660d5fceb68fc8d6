package io.raftboot.autoconfigure.jdbc;

/**
 * A column that the database numbers by itself, row by row.
 *
 * @param schema of the table; empty where that need not be alike on all members
 * @param table its name, not quoted
 * @param column its name, not quoted
 * @param increment from one number to the next, below 0 if they count down
 */
public record IdentityColumn(String schema, String table, String column, long increment) {
    /** The table as SQL has it. */
    String quotedTable() {
        return schema.isEmpty() ? quoted(table) : quoted(schema) + "." + quoted(table);
    }

    /** The column as SQL has it. */
    String quotedColumn() {
        return quoted(column);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
