package io.raftboot.autoconfigure.jdbc.database;

import io.raftboot.autoconfigure.jdbc.IdentityColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is in the current schema of a PostgreSQL database, as statements that make it anew in another schema: PostgreSQL says
 * itself how its objects are defined, with names that depend on the search path. What belongs to an extension is left out.
 */
final class PostgresCatalog {
    /** Condition on an object in a catalog that is called o here. */
    private static final String NOT_OF_AN_EXTENSION = " AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = o.oid"
            + " AND x.classid = '%s'::regclass AND x.deptype = 'e')";

    private static final String RELATIONS =
            "FROM pg_class o WHERE o.relnamespace = quote_ident(current_schema())::regnamespace"
                    + NOT_OF_AN_EXTENSION.formatted("pg_class");

    private static final String TYPES =
            "FROM pg_type o WHERE o.typnamespace = quote_ident(current_schema())::regnamespace"
                    + NOT_OF_AN_EXTENSION.formatted("pg_type");

    private static final String SEQUENCE =
            "' AS ' || format_type(s.seqtypid, NULL) || ' INCREMENT BY ' || s.seqincrement"
                    + " || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START WITH ' || s.seqstart"
                    + " || ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END";

    /** Definition of an identity, without its type, which is the column's. */
    private static final String IDENTITY =
            "(SELECT ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END"
                    + " || ' AS IDENTITY (SEQUENCE NAME ' || quote_ident(q.relname) || ' INCREMENT BY ' || s.seqincrement"
                    + " || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START WITH ' || s.seqstart"
                    + " || ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE)' ELSE ' NO CYCLE)' END"
                    + " FROM pg_depend d JOIN pg_class q ON q.oid = d.objid JOIN pg_sequence s ON s.seqrelid = q.oid"
                    + " WHERE d.classid = 'pg_class'::regclass AND d.refobjid = o.oid AND d.refobjsubid = a.attnum"
                    + " AND d.deptype = 'i')";

    private static final String COLUMN = "quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)"
            + " || CASE WHEN a.attcollation <> t.typcollation THEN (SELECT ' COLLATE ' || quote_ident(n.nspname) || '.'"
            + " || quote_ident(c.collname) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace"
            + " WHERE c.oid = a.attcollation) ELSE '' END"
            + " || CASE WHEN a.attidentity <> '' THEN " + IDENTITY
            + " WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(f.adbin, f.adrelid) || ') STORED'"
            + " WHEN a.atthasdef THEN ' DEFAULT ' || pg_get_expr(f.adbin, f.adrelid) ELSE '' END"
            + " || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END";

    private static final String CONSTRAINTS = "SELECT 'ALTER TABLE ' || quote_ident(o.relname) || ' ADD CONSTRAINT '"
            + " || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid, true) FROM pg_constraint c"
            + " JOIN pg_class o ON o.oid = c.conrelid WHERE o.relnamespace = quote_ident(current_schema())::regnamespace"
            + NOT_OF_AN_EXTENSION.formatted("pg_class");

    private final Connection connection;

    PostgresCatalog(Connection connection) {
        this.connection = connection;
    }

    /** What an export does not carry, each with its name; empty if it carries all there is. */
    List<String> foreignObjects() throws SQLException {
        List<String> found = new ArrayList<>(foreignTables());
        found.addAll(foreignRoutines());
        found.addAll(foreignTypes());
        return found;
    }

    private List<String> foreignTables() throws SQLException {
        List<String> found = new ArrayList<>();
        found.addAll(
                column("SELECT CASE o.relkind WHEN 'p' THEN 'the partitioned table ' WHEN 'f' THEN 'the foreign table '"
                        + " WHEN 'm' THEN 'the materialized view ' ELSE 'the composite type ' END || o.relname "
                        + RELATIONS
                        + " AND o.relkind IN ('p', 'f', 'm', 'c') ORDER BY 1"));
        found.addAll(column("SELECT 'the inherited table ' || o.relname " + RELATIONS
                + " AND o.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits i WHERE o.oid IN (i.inhrelid, i.inhparent))"
                + " ORDER BY 1"));
        found.addAll(column("SELECT 'the unlogged table ' || o.relname " + RELATIONS
                + " AND o.relkind = 'r' AND o.relpersistence = 'u' ORDER BY 1"));
        found.addAll(column("SELECT 'the row security of the table ' || o.relname " + RELATIONS
                + " AND o.relrowsecurity ORDER BY 1"));
        found.addAll(column(
                "SELECT 'the column ' || o.relname || '.' || a.attname || ' of the type oid, which large objects have'"
                        + " FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid"
                        + " WHERE o.relnamespace = quote_ident(current_schema())::regnamespace AND o.relkind = 'r' AND a.attnum > 0"
                        + " AND NOT a.attisdropped AND a.atttypid = 'oid'::regtype"
                        + NOT_OF_AN_EXTENSION.formatted("pg_class") + " ORDER BY 1"));
        return found;
    }

    private List<String> foreignRoutines() throws SQLException {
        List<String> found = new ArrayList<>();
        found.addAll(column("SELECT 'the function ' || o.proname FROM pg_proc o"
                + " WHERE o.pronamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_proc")
                // Range types bring theirs.
                + " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'i') ORDER BY 1"));
        found.addAll(column("SELECT 'the trigger ' || g.tgname FROM pg_trigger g JOIN pg_class o ON o.oid = g.tgrelid"
                + " WHERE o.relnamespace = quote_ident(current_schema())::regnamespace AND NOT g.tgisinternal"
                + NOT_OF_AN_EXTENSION.formatted("pg_class") + " ORDER BY 1"));
        found.addAll(column("SELECT 'the rule ' || r.rulename FROM pg_rewrite r JOIN pg_class o ON o.oid = r.ev_class"
                + " WHERE o.relnamespace = quote_ident(current_schema())::regnamespace AND r.rulename <> '_RETURN'"
                + NOT_OF_AN_EXTENSION.formatted("pg_class") + " ORDER BY 1"));
        return found;
    }

    private List<String> foreignTypes() throws SQLException {
        List<String> found = new ArrayList<>();
        found.addAll(column("SELECT 'the type ' || o.typname " + TYPES + " AND (o.typtype = 'r' OR o.typtype = 'b'"
                + " AND o.typelem = 0 OR o.typtype = 'p') ORDER BY 1"));
        found.addAll(column("SELECT 'the collation ' || o.collname FROM pg_collation o"
                + " WHERE o.collnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_collation") + " ORDER BY 1"));
        found.addAll(column("SELECT 'the operator ' || o.oprname FROM pg_operator o"
                + " WHERE o.oprnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_operator") + " ORDER BY 1"));
        found.addAll(column("SELECT 'the text search configuration ' || o.cfgname FROM pg_ts_config o"
                + " WHERE o.cfgnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_ts_config") + " ORDER BY 1"));
        return found;
    }

    /** Names of the tables, quoted where they have to be. */
    List<String> tables() throws SQLException {
        return column("SELECT quote_ident(o.relname) " + RELATIONS + " AND o.relkind = 'r' ORDER BY o.relname");
    }

    /** Columns without the schema, which may have another name on another member. */
    List<IdentityColumn> identityColumns() throws SQLException {
        List<IdentityColumn> found = new ArrayList<>();
        query(
                "SELECT o.relname, a.attname, s.seqincrement FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid"
                        + " JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.refobjid = o.oid"
                        + " AND d.refobjsubid = a.attnum AND d.deptype = 'i' JOIN pg_sequence s ON s.seqrelid = d.objid"
                        + " WHERE o.relnamespace = quote_ident(current_schema())::regnamespace AND o.relkind = 'r'"
                        + " AND a.attidentity <> '' AND NOT a.attisdropped" + NOT_OF_AN_EXTENSION.formatted("pg_class")
                        + " ORDER BY 1, 2",
                row -> found.add(new IdentityColumn("", row.getString(1), row.getString(2), row.getLong(3))));
        return found;
    }

    /** What has to be there before rows: types, sequences, tables without their constraints. */
    List<String> beforeRows() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.addAll(column("SELECT 'CREATE TYPE ' || quote_ident(o.typname) || ' AS ENUM ('"
                + " || (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e"
                + " WHERE e.enumtypid = o.oid) || ')' " + TYPES + " AND o.typtype = 'e' ORDER BY o.typname"));
        // A domain of a domain was made after it.
        statements.addAll(column("SELECT 'CREATE DOMAIN ' || quote_ident(o.typname) || ' AS '"
                + " || format_type(o.typbasetype, o.typtypmod) || COALESCE(' DEFAULT ' || o.typdefault, '')"
                + " || CASE WHEN o.typnotnull THEN ' NOT NULL' ELSE '' END"
                + " || COALESCE((SELECT string_agg(' CONSTRAINT ' || quote_ident(c.conname) || ' '"
                + " || pg_get_constraintdef(c.oid, true), '' ORDER BY c.conname) FROM pg_constraint c"
                + " WHERE c.contypid = o.oid AND c.contype = 'c'), '') " + TYPES
                + " AND o.typtype = 'd' ORDER BY o.oid"));
        statements.addAll(column("SELECT 'CREATE SEQUENCE ' || quote_ident(o.relname) || " + SEQUENCE
                + " FROM pg_class o JOIN pg_sequence s ON s.seqrelid = o.oid"
                + " WHERE o.relnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_class")
                + " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'i'"
                + " AND d.classid = 'pg_class'::regclass) ORDER BY o.relname"));
        statements.addAll(
                column("SELECT 'CREATE TABLE ' || quote_ident(o.relname) || ' (' || COALESCE((SELECT string_agg("
                        + COLUMN + ", ', ' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                        + " LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum"
                        + " WHERE a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')' " + RELATIONS
                        + " AND o.relkind = 'r' ORDER BY o.relname"));
        return statements;
    }

    /** What is checked, counted and read behind the rows. */
    List<String> afterRows() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.addAll(column("SELECT 'ALTER SEQUENCE ' || quote_ident(o.relname) || ' OWNED BY '"
                + " || quote_ident(t.relname) || '.' || quote_ident(a.attname) FROM pg_class o"
                + " JOIN pg_depend d ON d.objid = o.oid AND d.deptype = 'a' AND d.classid = 'pg_class'::regclass"
                + " JOIN pg_class t ON t.oid = d.refobjid"
                + " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
                + " WHERE o.relkind = 'S' AND o.relnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_class") + " ORDER BY o.relname"));
        statements.addAll(positions());
        statements.addAll(column(CONSTRAINTS + " AND c.contype IN ('p', 'u', 'x', 'c') ORDER BY o.relname, c.conname"));
        statements.addAll(column("SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i"
                + " JOIN pg_class o ON o.oid = i.indrelid"
                + " WHERE o.relkind = 'r' AND o.relnamespace = quote_ident(current_schema())::regnamespace"
                + NOT_OF_AN_EXTENSION.formatted("pg_class")
                + " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid"
                + " AND c.contype IN ('p', 'u', 'x')) ORDER BY 1"));
        statements.addAll(column(CONSTRAINTS + " AND c.contype = 'f' ORDER BY o.relname, c.conname"));
        statements.addAll(views());
        return statements;
    }

    /** Positions of the sequences, which no snapshot of theirs tells. */
    private List<String> positions() throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String sequence :
                column("SELECT quote_ident(o.relname) " + RELATIONS + " AND o.relkind = 'S' ORDER BY 1")) {
            statements.addAll(column("SELECT 'SELECT setval(' || quote_literal(" + literal(sequence)
                    + ") || ', ' || last_value || ', ' || is_called || ')' FROM " + sequence));
        }
        return statements;
    }

    /** Each behind those that it reads. */
    private List<String> views() throws SQLException {
        Map<Long, String> definitions = new LinkedHashMap<>();
        query(
                "SELECT o.oid, 'CREATE VIEW ' || quote_ident(o.relname)"
                        + " || COALESCE(' WITH (' || array_to_string(o.reloptions, ', ') || ')', '') || ' AS '"
                        + " || pg_get_viewdef(o.oid) " + RELATIONS + " AND o.relkind = 'v' ORDER BY o.oid",
                row -> definitions.put(row.getLong(1), row.getString(2)));
        Map<Long, Set<Long>> reads = new LinkedHashMap<>();
        query(
                "SELECT DISTINCT o.oid, d.refobjid FROM pg_class o JOIN pg_rewrite r ON r.ev_class = o.oid"
                        + " JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass"
                        + " AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> o.oid WHERE o.relkind = 'v'"
                        + " AND o.relnamespace = quote_ident(current_schema())::regnamespace ORDER BY 1, 2",
                row -> reads.computeIfAbsent(row.getLong(1), any -> new LinkedHashSet<>())
                        .add(row.getLong(2)));
        Set<Long> ordered = new LinkedHashSet<>();
        definitions.keySet().forEach(view -> addBehind(view, reads, ordered));
        ordered.retainAll(definitions.keySet());
        return ordered.stream()
                .map(view -> String.valueOf(definitions.get(view)))
                .toList();
    }

    private static void addBehind(long view, Map<Long, Set<Long>> reads, Set<Long> ordered) {
        if (!ordered.contains(view)) {
            reads.getOrDefault(view, Set.of()).forEach(read -> addBehind(read, reads, ordered));
            ordered.add(view);
        }
    }

    /** What drops all there is, in an order in which that can be done. */
    List<String> drops() throws SQLException {
        List<String> statements = new ArrayList<>();
        statements.addAll(
                column("SELECT 'DROP ' || CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END"
                        + " || ' IF EXISTS ' || quote_ident(o.relname) || ' CASCADE' " + RELATIONS
                        + " AND o.relkind IN ('r', 'v', 'S') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid"
                        + " AND d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND o.relkind = 'S')"
                        + " ORDER BY o.relkind DESC, o.relname"));
        statements.addAll(column("SELECT 'DROP TYPE IF EXISTS ' || quote_ident(o.typname) || ' CASCADE' " + TYPES
                + " AND o.typtype IN ('e', 'd') ORDER BY o.oid DESC"));
        return statements;
    }

    /** How a row that was written as text becomes a row again; what the database computes is left to it. */
    String insertInto(String table) throws SQLException {
        List<String> columns = column("SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = "
                + literal(table) + "::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
                + " ORDER BY a.attnum");
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") OVERRIDING SYSTEM VALUE SELECT "
                + String.join(
                        ", ", columns.stream().map(column -> "(r)." + column).toList())
                + " FROM (VALUES (CAST(? AS " + table + "))) AS raft_row (r)";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        query(sql, row -> values.add(row.getString(1)));
        return values;
    }

    private void query(String sql, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }
}
