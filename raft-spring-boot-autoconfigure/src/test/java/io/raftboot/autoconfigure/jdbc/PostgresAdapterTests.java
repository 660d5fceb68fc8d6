package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import io.raftboot.autoconfigure.jdbc.database.PostgresAdapter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/** A state machine in PostgreSQL, and its exports. */
@Tag("postgres")
class PostgresAdapterTests {
    private static PostgresServer server;

    private DriverManagerDataSource dataSource;
    private JdbcClient jdbc;
    private Acting acting;
    private JdbcStateMachine machine;

    @BeforeAll
    static void start() throws Exception {
        Path programs = PostgresServer.programs();
        if (programs == null) {
            LoggerFactory.getLogger(PostgresAdapterTests.class)
                    .warn("skipped: there is no /usr/lib/postgresql (Debian's package postgresql)");
        }
        Assumptions.assumeTrue(programs != null, "PostgreSQL is not installed");
        server = PostgresServer.start(programs);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    @BeforeEach
    void make() {
        dataSource = server.database();
        jdbc = JdbcClient.create(dataSource);
        acting = new Acting(dataSource);
        machine = machine(acting, dataSource, 1);
    }

    private static JdbcStateMachine machine(Words words, DataSource dataSource, long member) {
        return new JdbcStateMachine(
                words,
                new MachineDatabase(
                        dataSource,
                        new Owner("words", "raft", member),
                        List.of(new H2Adapter(), new PostgresAdapter()),
                        new ClassPathResource("words.sql")));
    }

    @Test
    void commandItsIndexAndItsRowsAreThereTogether() throws Exception {
        assertThat(machine.position()).isEqualTo(Position.START);
        apply(4, "a", Map.of("s/1", "one".getBytes(UTF_8)));
        assertThat(machine.position()).isEqualTo(new Position(4, 4));
        apply(5, "b", Map.of());
        assertThat(acting.words()).isEqualTo("1a,2b");
        assertThat(machine.durableIndex()).isEqualTo(5);
    }

    @Test
    void commandThatFailsIsUndoneButCounts() throws Exception {
        machine.position();
        assertThatIllegalStateException()
                .isThrownBy(() -> apply(1, "!a", Map.of()))
                .withMessage("no !a");
        apply(2, "a", Map.of());
        assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> apply(3, "a", Map.of()));
        apply(4, "b", Map.of());
        assertThat(acting.words()).contains("a").contains("b").doesNotContain("!");
        assertThat(machine.position()).isEqualTo(new Position(4, 4));
    }

    /** A sequence is moved by whoever asks, and never back. */
    @Test
    void identityColumnsGoOnBehindTheLastCommandOnThisMemberAndTheNext() throws Exception {
        machine.position();
        cutShort(1, "first");
        machine.position();
        apply(1, "a", Map.of());
        var export = new ByteArrayOutputStream();
        acting.then = () -> machine.snapshot().writeTo(export);
        cutShort(2, "b");
        acting.then = () -> {};

        var other = server.database();
        var otherWords = new Acting(other);
        var imported = machine(otherWords, other, 2);
        imported.position();
        imported.restore(new ByteArrayInputStream(export.toByteArray()), 1);
        Applying.apply(imported, new CommandContext(2, 1, Instant.EPOCH), "b".getBytes(UTF_8), Map.of());
        machine.position();
        apply(2, "b", Map.of());
        assertThat(acting.words()).isEqualTo(otherWords.words()).isEqualTo("1a,2b");

        jdbc.sql("INSERT INTO word (text) VALUES ('migrated')").update();
        machine.position();
        apply(3, "c", Map.of());
        assertThat(acting.words()).isEqualTo("1a,2b,3migrated,4c");
    }

    private void cutShort(long index, String command) {
        assertThatExceptionOfType(Error.class)
                .isThrownBy(() -> machine.transact(() -> {
                    machine.apply(new CommandContext(index, 1, Instant.EPOCH), command.getBytes(UTF_8));
                    throw new Error("the member ends before the index is written");
                }));
    }

    @Test
    void failureOfTheDatabaseLeavesAllAsItWas() throws Exception {
        machine.position();
        assertThatExceptionOfType(StateMachineFailureException.class).isThrownBy(() -> apply(1, "?", Map.of()));
        assertThat(machine.position()).isEqualTo(Position.START);
    }

    @Test
    void commandThatGoesOnBehindAFailedStatementFails() throws Exception {
        machine.position();
        acting.then = () -> {
            try {
                jdbc.sql("INSERT INTO word (text) VALUES ('a')").update();
            } catch (DuplicateKeyException e) {
                // Swallowed.
            }
        };
        assertThatExceptionOfType(CommandTransactionException.class)
                .isThrownBy(() -> apply(1, "a", Map.of()))
                .withMessageContaining("behind a savepoint");
        Acting.Act swallowing = acting.then;
        acting.then = () -> {
            swallowing.run();
            jdbc.sql("INSERT INTO word (text) VALUES ('b')").update();
        };
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> apply(2, "a", Map.of()))
                .isNotInstanceOf(StateMachineFailureException.class);
        assertThat(acting.words()).isEmpty();
        assertThat(machine.position()).isEqualTo(new Position(2, 2));
    }

    @Test
    void nestedServiceMayFailAndRollbackOnlyIsAResult() throws Exception {
        machine.position();
        acting.then = () -> insertTwice(TransactionDefinition.PROPAGATION_NESTED);
        apply(1, "a", Map.of());
        assertThat(acting.words()).endsWith("a");
        acting.then = () -> insertTwice(TransactionDefinition.PROPAGATION_REQUIRED);
        assertThatExceptionOfType(UnexpectedRollbackException.class).isThrownBy(() -> apply(2, "b", Map.of()));
        assertThat(machine.position()).isEqualTo(new Position(2, 2));
        assertThat(acting.words()).doesNotContain("b");
    }

    private void insertTwice(int propagation) {
        var service = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        service.setPropagationBehavior(propagation);
        try {
            service.executeWithoutResult(status -> {
                jdbc.sql("INSERT INTO word (text) VALUES ('twice')").update();
                jdbc.sql("INSERT INTO word (text) VALUES ('twice')").update();
            });
        } catch (DuplicateKeyException e) {
            // The caller goes on.
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "end",
                "abort",
                "ROLLBACK",
                "BEGIN",
                "START TRANSACTION",
                "INSERT INTO word (text) VALUES (E'it\\'s; fine'); COMMIT",
                "PREPARE TRANSACTION 'x'",
                "COMMIT AND CHAIN",
            })
    void statementThatEndsTheTransactionIsRefused(String sql) throws Exception {
        machine.position();
        acting.then = () -> jdbc.sql(sql).update();
        assertThatExceptionOfType(CommandTransactionException.class)
                .isThrownBy(() -> apply(1, "a", Map.of()))
                .withMessageContaining("wanted to run '");
        assertThat(acting.words()).isEmpty();
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
    }

    @Test
    void definitionsArePartOfTheTransaction() throws Exception {
        machine.position();
        acting.then = () -> {
            jdbc.sql("CREATE TABLE made (id INT)").update();
            try (var statement = DataSourceUtils.getConnection(dataSource).createStatement()) {
                statement.execute("SAVEPOINT mine; TRUNCATE word; ROLLBACK TO SAVEPOINT mine;"
                        + " SELECT $tag$; COMMIT $tag$ -- ; COMMIT");
            }
        };
        apply(1, "a", Map.of());
        assertThat(jdbc.sql("SELECT COUNT(*) FROM made").query(Long.class).single())
                .isZero();
        acting.then = () -> {
            jdbc.sql("DROP TABLE made").update();
            throw new IllegalStateException("no");
        };
        assertThatIllegalStateException().isThrownBy(() -> apply(2, "b", Map.of()));
        assertThat(jdbc.sql("SELECT COUNT(*) FROM made").query(Long.class).single())
                .isZero();
        assertThat(acting.words()).isEqualTo("1a");
    }

    @Test
    void commitThatWasNotSeenStopsTheMemberForGood() throws Exception {
        machine.position();
        acting.then = () -> DataSourceUtils.getConnection(dataSource)
                .unwrap(org.postgresql.jdbc.PgConnection.class)
                .commit();
        assertThatExceptionOfType(StateMachineFailureException.class)
                .isThrownBy(() -> apply(1, "a", Map.of()))
                .withMessageContaining("has ended its transaction");
        assertThatIllegalStateException()
                .isThrownBy(() -> machine(acting, dataSource, 1).position())
                .withMessageContaining("index 1");
    }

    @Test
    void whatAQueryWritesIsRolledBackAndItReadsOneState() throws Exception {
        machine.position();
        apply(1, "a", Map.of());
        acting.between = () -> {
            Thread other = new Thread(() -> {
                try {
                    apply(2, "b", Map.of());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(new String(machine.query(new byte[0]), UTF_8)).isEqualTo("1a|1a");
        acting.between = () -> {};
        machine.query("x".getBytes(UTF_8));
        assertThat(acting.words()).isEqualTo("1a,2b");
    }

    @Test
    void exportReplacesTheDatabaseOfAnotherMember() throws Exception {
        machine.position();
        apply(3, "a", Map.of("s/1", new byte[] {1, 0, -1}));
        apply(7, "it's; --\nb", Map.of());
        var other = server.database();
        var otherWords = new Acting(other);
        var restored = machine(otherWords, other, 2);
        restored.position();
        Applying.apply(
                restored, new CommandContext(1, 1, Instant.EPOCH), "gone".getBytes(UTF_8), Map.of("s/9", new byte[1]));
        restored.restore(new ByteArrayInputStream(export(machine)), 5);
        assertThat(restored.position()).isEqualTo(new Position(7, 5));
        assertThat(otherWords.words()).isEqualTo(acting.words());
        Map<String, byte[]> rows = new TreeMap<>();
        restored.readRows(rows::put);
        assertThat(rows).containsOnlyKeys("s/1");
        assertThat(rows.get("s/1")).containsExactly(1, 0, -1);
        Applying.apply(restored, new CommandContext(8, 1, Instant.EPOCH), "c".getBytes(UTF_8), Map.of());
        assertThat(otherWords.words()).endsWith("3c");
    }

    @Test
    void restoreThatWasInterruptedIsAMachineThatIsNew() throws Exception {
        machine.position();
        apply(3, "a", Map.of());
        byte[] export = export(machine);
        for (int length : List.of(2, export.length / 2, export.length - 4)) {
            assertThatIOException()
                    .as("%s bytes", length)
                    .isThrownBy(() -> machine.restore(new ByteArrayInputStream(export, 0, length), 3));
            assertThat(machine(acting, dataSource, 1).position()).isEqualTo(Position.START);
            assertThat(acting.words()).isEmpty();
        }
        machine.restore(new ByteArrayInputStream(export), 3);
        assertThat(acting.words()).isEqualTo("1a");
        assertThatIOException()
                .isThrownBy(() -> machine.restore(new ByteArrayInputStream(new byte[] {0, 0, 0, 9}), 3))
                .withMessageContaining("format 9");
    }

    /** An export has whatever an ordinary schema has, and goes into a schema of another name. */
    @Test
    void allThatAnOrdinarySchemaHasComesBackEqual() throws Exception {
        run(dataSource, "postgres-schema.sql");
        jdbc.sql("SELECT nextval('free_numbers'), nextval('free_numbers')")
                .query()
                .listOfRows();
        var adapter = new PostgresAdapter();
        var exported = new ByteArrayOutputStream();
        try (Connection connection = dataSource.getConnection()) {
            adapter.checkSettings(connection);
            adapter.exportTo(connection, exported);
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
        var other = server.database();
        JdbcClient.create(other).sql("CREATE SCHEMA \"Other one\"").update();
        other.setSchema("\"Other one\"");
        var again = new ByteArrayOutputStream();
        try (Connection connection = other.getConnection()) {
            connection.setSchema("Other one");
            run(connection, "postgres-schema.sql");
            adapter.clear(connection);
            adapter.importFrom(connection, new ByteArrayInputStream(exported.toByteArray()));
            adapter.exportTo(connection, again);
            assertThat(again.toString(UTF_8)).isEqualTo(exported.toString(UTF_8));
            assertThat(rows(connection)).isEqualTo(rows(dataSource));
            check(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        }
    }

    /** What is counted and checked goes on where it was. */
    private static void check(JdbcClient jdbc) {
        assertThat(jdbc.sql("SELECT nextval('free_numbers')").query(Long.class).single())
                .isEqualTo(21);
        assertThat(jdbc.sql("INSERT INTO parent (name) VALUES ('third') RETURNING id")
                        .query(Long.class)
                        .single())
                .isEqualTo(3);
        assertThat(jdbc.sql(
                                "INSERT INTO \"Child\" (parent, mood) VALUES (3, 'happy') RETURNING doubled || '/' || number")
                        .query(String.class)
                        .single())
                .isEqualTo("6/3");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> jdbc.sql("INSERT INTO \"Child\" (parent, mood) VALUES (99, 'happy')")
                        .update())
                .withMessageContaining("foreign key");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() ->
                        jdbc.sql("INSERT INTO parent (name) VALUES ('third')").update())
                .withMessageContaining("parent_name_lower");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> jdbc.sql("UPDATE parent SET amount = -1").update())
                .withMessageContaining("positive");
        assertThat(jdbc.sql("SELECT name FROM overview ORDER BY 1")
                        .query(String.class)
                        .list())
                .containsExactly("first", "third");
    }

    private static String rows(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return rows(connection);
        }
    }

    private static String rows(Connection connection) {
        var jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        return jdbc.sql("SELECT (p.*)::text FROM parent p ORDER BY id")
                        .query(String.class)
                        .list()
                + "\n"
                + jdbc.sql("SELECT (c.*)::text FROM \"Child\" c ORDER BY number")
                        .query(String.class)
                        .list()
                + "\n"
                + jdbc.sql("SELECT (e.*)::text FROM every_type e ORDER BY id")
                        .query(String.class)
                        .list();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE TABLE t (id INT) PARTITION BY RANGE (id) | the partitioned table t",
                "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one | the materialized view m",
                "CREATE TYPE pair AS (a INT, b INT) | the composite type pair",
                "CREATE TABLE p (id INT); CREATE TABLE q () INHERITS (p) | the inherited table p",
                "CREATE UNLOGGED TABLE u (id INT) | the unlogged table u",
                "CREATE TABLE s (id INT); ALTER TABLE s ENABLE ROW LEVEL SECURITY | the row security of the table s",
                "CREATE TABLE l (id INT, content OID) | the column l.content of the type oid",
                "CREATE FUNCTION f() RETURNS INT LANGUAGE SQL AS 'SELECT 1' | the function f",
                "CREATE TABLE r (id INT); CREATE RULE no_more AS ON DELETE TO r DO INSTEAD NOTHING | the rule no_more",
                "CREATE TYPE span AS RANGE (subtype = INT) | the type span",
                "CREATE COLLATION c FROM \"C\" | the collation c",
            })
    void whatAnExportCanNotCarryIsRefusedByName(String sql, String name) throws Exception {
        jdbc.sql(sql).update();
        assertThatIllegalStateException().isThrownBy(machine::position).withMessageContaining(name);
    }

    @Test
    void settingsThatLoseCommitsAreRefused() throws Exception {
        machine.position();
        var careless =
                new DriverManagerDataSource(dataSource.getUrl() + "?options=-c%20synchronous_commit=off", "raft", "");
        assertThatIllegalStateException()
                .isThrownBy(() -> machine(new Acting(careless), careless, 1).position())
                .withMessageContaining("synchronous_commit = off")
                .withMessageContaining("Set it to on");
    }

    @Test
    void exportWaitsForNoCommand() throws Exception {
        machine.position();
        apply(1, "a", Map.of());
        var applied = new boolean[1];
        machine.snapshot().writeTo(new OutputStream() {
            @Override
            public void write(int next) {
                if (!applied[0]) {
                    applied[0] = true;
                    try {
                        apply(2, "b", Map.of());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            }
        });
        assertThat(acting.words()).isEqualTo("1a,2b");
    }

    /** Which two would wait for each other; PostgreSQL gives up one of them, a command as soon as an export. */
    @Test
    void exportHoldsNoTableWhileItWaitsForAnother() throws Exception {
        machine.position();
        apply(1, "a", Map.of());
        try (Connection command = dataSource.getConnection()) {
            command.setAutoCommit(false);
            try (var statement = command.createStatement()) {
                statement.execute("LOCK TABLE word IN ACCESS EXCLUSIVE MODE");
                var export = CompletableFuture.supplyAsync(() -> {
                    try {
                        return export(machine);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                // Of which the export has the first in hand, where it waits for the last.
                await().until(() -> !jdbc.sql(
                                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                                        + " AND (query LIKE 'LOCK TABLE % ACCESS SHARE MODE%' OR query = 'ROLLBACK')")
                        .query()
                        .listOfRows()
                        .isEmpty());
                await().until(() -> {
                    var before = command.setSavepoint();
                    try {
                        statement.execute(
                                "LOCK TABLE raft_session_row, raft_state_machine IN ACCESS EXCLUSIVE MODE NOWAIT");
                        return true;
                    } catch (SQLException e) {
                        command.rollback(before);
                        return false;
                    }
                });
                command.commit();
                assertThat(export.get(30, TimeUnit.SECONDS)).isNotEmpty();
            }
        }
    }

    private static void run(DataSource dataSource, String script) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            run(connection, script);
        }
    }

    private static void run(Connection connection, String script) {
        new ResourceDatabasePopulator(new ClassPathResource(script)).populate(connection);
    }

    private void apply(long index, String command, Map<String, byte[]> rows) throws Exception {
        Exception failure =
                Applying.apply(machine, new CommandContext(index, 1, Instant.EPOCH), command.getBytes(UTF_8), rows);
        if (failure != null) {
            throw failure;
        }
    }

    private static byte[] export(JdbcStateMachine machine) throws Exception {
        var out = new ByteArrayOutputStream();
        machine.snapshot().writeTo(out);
        return out.toByteArray();
    }
}
