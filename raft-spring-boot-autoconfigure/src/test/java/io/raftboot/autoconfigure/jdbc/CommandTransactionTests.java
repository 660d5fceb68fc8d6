package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/** What a command may do with its transaction, what it is told no to, and what becomes of it then. */
class CommandTransactionTests {
    private final DataSource dataSource = Words.database();
    private final JdbcClient jdbc = JdbcClient.create(dataSource);
    private final Acting acting = new Acting(dataSource);
    private final JdbcStateMachine machine = machine();

    private JdbcStateMachine machine() {
        return new JdbcStateMachine(
                acting,
                new MachineDatabase(
                        dataSource,
                        new Owner("words", "raft", 1),
                        List.of(new H2Adapter()),
                        new ClassPathResource("words.sql")));
    }

    @BeforeEach
    void open() throws Exception {
        machine.position();
        jdbc.sql("CREATE TABLE scratch (id INT)").update();
        jdbc.sql("INSERT INTO scratch VALUES (1)").update();
    }

    @Test
    void serviceThatFailedAndWasCaughtMakesTheCommandFailAndTheMemberGoesOn() throws Exception {
        acting.then = () -> {
            try {
                service(TransactionDefinition.PROPAGATION_REQUIRED).executeWithoutResult(status -> {
                    throw new IllegalArgumentException("not this way");
                });
            } catch (IllegalArgumentException e) {
                // Then the other way.
            }
        };
        assertThatExceptionOfType(UnexpectedRollbackException.class)
                .isThrownBy(() -> apply(1, "a"))
                .withMessageContaining("rollback-only")
                .withMessageContaining("noRollbackFor");
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
        assertThat(acting.words()).isEmpty();
        acting.then = () -> {};
        apply(2, "b");
        assertThat(machine.position()).isEqualTo(new Position(2, 2));
        assertThat(acting.words()).endsWith("b");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                TransactionDefinition.PROPAGATION_REQUIRED,
                TransactionDefinition.PROPAGATION_SUPPORTS,
                TransactionDefinition.PROPAGATION_MANDATORY,
                TransactionDefinition.PROPAGATION_NESTED
            })
    void serviceThatJoinsIsPartOfTheCommand(int propagation) throws Exception {
        acting.then = () -> service(propagation)
                .executeWithoutResult(status -> jdbc.sql("INSERT INTO word (text) VALUES ('of the service')")
                        .update());
        apply(1, "a");
        assertThat(acting.words()).isEqualTo("1a,2of the service");
        acting.then = () -> {
            service(propagation).executeWithoutResult(status -> jdbc.sql("INSERT INTO word (text) VALUES ('undone')")
                    .update());
            throw new IllegalStateException("in the end");
        };
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> apply(2, "b"))
                .withMessage("in the end");
        assertThat(acting.words()).isEqualTo("1a,2of the service");
        assertThat(machine.position()).isEqualTo(new Position(2, 2));
    }

    @Test
    void nestedServiceThatFailsIsRolledBackAlone() throws Exception {
        acting.then = () -> {
            try {
                service(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(status -> {
                    jdbc.sql("INSERT INTO word (text) VALUES ('undone')").update();
                    throw new IllegalArgumentException("not this way");
                });
            } catch (IllegalArgumentException e) {
                jdbc.sql("INSERT INTO word (text) VALUES ('instead')").update();
            }
        };
        apply(1, "a");
        assertThat(acting.words()).contains("a").contains("instead").doesNotContain("undone");
    }

    @Test
    void propagationNeverIsAnOrdinaryFailure() throws Exception {
        acting.then = () -> service(TransactionDefinition.PROPAGATION_NEVER).executeWithoutResult(status -> {});
        assertThatExceptionOfType(IllegalTransactionStateException.class).isThrownBy(() -> apply(1, "a"));
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
        assertThat(acting.words()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {TransactionDefinition.PROPAGATION_REQUIRES_NEW, TransactionDefinition.PROPAGATION_NOT_SUPPORTED})
    void serviceThatLeavesTheTransactionIsRefusedAlsoIfThatIsCaught(int propagation) throws Exception {
        Acting.Act leaving = () -> service(propagation)
                .executeWithoutResult(status ->
                        jdbc.sql("INSERT INTO word (text) VALUES ('outside')").update());
        acting.then = leaving;
        refused(1, "a", "REQUIRES_NEW or NOT_SUPPORTED", "NESTED");
        acting.then = () -> {
            try {
                leaving.run();
            } catch (RuntimeException e) {
                // Swallowed.
            }
        };
        refused(2, "b", "REQUIRES_NEW or NOT_SUPPORTED", "NESTED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE TABLE scratch",
                "create table other (id INT)",
                "  /* so /* it */ is */ CREATE INDEX i ON scratch (id)",
                "-- first\nALTER TABLE scratch ADD more INT",
                "DROP TABLE IF EXISTS nothing",
                "INSERT INTO scratch VALUES (2); TRUNCATE TABLE scratch",
                "INSERT INTO word (text) VALUES ('it''s; fine'); COMMIT",
                "COMMIT",
                "ROLLBACK",
                "SET AUTOCOMMIT TRUE",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "COMMENT ON TABLE word IS 'words'",
                "ANALYZE",
                "GRANT SELECT ON word TO PUBLIC",
                "CREATE LOCAL TEMPORARY TABLE t (id INT)",
                "EXECUTE IMMEDIATE 'COMMIT'",
                "CREATE VIEW v AS SELECT 1",
            })
    void statementThatCommitsIsRefusedBeforeItIsRun(String sql) throws Exception {
        acting.then = () -> jdbc.sql(sql).update();
        refused(1, "a", "wanted to run '", "Flyway");
        acting.then = () -> {
            try (var statement = DataSourceUtils.getConnection(dataSource).createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                // Swallowed.
            }
        };
        refused(2, "b", "wanted to run '", "Flyway");
        assertThat(jdbc.sql("SELECT COUNT(*) FROM scratch").query(Long.class).single())
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO word (text) VALUES ('; COMMIT')",
                "INSERT INTO word (text) VALUES ($$; COMMIT $$)",
                "(SELECT 1)",
                "WITH one AS (SELECT 1) SELECT * FROM one -- ; COMMIT",
                "SELECT 1 AS \"; COMMIT\"",
                "{call 1}",
                "SET @a = 1",
                "SAVEPOINT mine; UPDATE scratch SET id = 7; ROLLBACK TO SAVEPOINT mine; RELEASE SAVEPOINT mine;",
                "CREATE LOCAL TEMPORARY TABLE IF NOT EXISTS t (id INT) TRANSACTIONAL",
                "SELECT id FROM FINAL TABLE (INSERT INTO word (text) VALUES ('delta'))",
            })
    void statementOfRowsIsRun(String sql) throws Exception {
        acting.then = () -> {
            try (var statement = DataSourceUtils.getConnection(dataSource).createStatement()) {
                statement.execute(sql);
            }
        };
        apply(1, "a");
        assertThat(acting.words()).startsWith("1a");
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
    }

    private interface OnConnection {
        void call(Connection connection) throws SQLException;
    }

    @Test
    void connectionOfACommandDoesNotEndItsTransaction() throws Exception {
        List<OnConnection> calls = List.of(
                Connection::commit,
                Connection::rollback,
                connection -> connection.setAutoCommit(true),
                connection -> connection.abort(Runnable::run),
                connection -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
                connection -> connection.setSchema("INFORMATION_SCHEMA"),
                connection -> connection.createStatement().getConnection().commit(),
                connection -> connection.unwrap(Connection.class).commit());
        long index = 0;
        for (OnConnection call : calls) {
            acting.then = () -> {
                try {
                    call.call(DataSourceUtils.getConnection(dataSource));
                } catch (SQLException e) {
                    // Swallowed.
                }
            };
            index++;
            refused(index, "w" + index, "of its connection", "@Transactional");
        }
    }

    @Test
    void savepointsAndCallsThatChangeNothingAreTheCommands() throws Exception {
        acting.then = () -> {
            Connection connection = DataSourceUtils.getConnection(dataSource);
            connection.setAutoCommit(false);
            connection.setReadOnly(false);
            connection.setSchema(connection.getSchema());
            var mine = connection.setSavepoint();
            jdbc.sql("INSERT INTO word (text) VALUES ('undone')").update();
            connection.rollback(mine);
            connection.releaseSavepoint(mine);
            connection.close();
        };
        apply(1, "a");
        assertThat(acting.words()).isEqualTo("1a");
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
    }

    @Test
    void statementOnAConnectionThatTheCommandClosedIsAResult() throws Exception {
        acting.then = () -> {
            DataSourceUtils.getConnection(dataSource).close();
            jdbc.sql("SELECT 1").query(Integer.class).single();
        };
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> apply(1, "a"));
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
        assertThat(acting.words()).isEmpty();
    }

    @Test
    void connectionThatOutlivesItsCommandIsClosed() throws Exception {
        var kept = new Connection[1];
        acting.then = () -> kept[0] = DataSourceUtils.getConnection(dataSource);
        apply(1, "a");
        assertThat(kept[0].isClosed()).isTrue();
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> kept[0].prepareStatement("DELETE FROM word"))
                .withMessageContaining("has ended");
    }

    /** Ways that nobody can see before: the driver's own connection. */
    @Test
    void commitThatWasNotSeenStopsTheMemberForGood() throws Exception {
        acting.then = () -> DataSourceUtils.getConnection(dataSource)
                .unwrap(org.h2.jdbc.JdbcConnection.class)
                .commit();
        stopped(() -> apply(1, "a"));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(machine()::position)
                .withMessageContaining("part of what the command at index 1 did");
    }

    @Test
    void commitThatWasNotSeenIsNoticedBehindAFailureToo() throws Exception {
        acting.then = () -> {
            DataSourceUtils.getConnection(dataSource)
                    .unwrap(org.h2.jdbc.JdbcConnection.class)
                    .commit();
            throw new IllegalStateException("no");
        };
        stopped(() -> apply(1, "a"));
    }

    private static void stopped(ThrowingCallable apply) {
        assertThatExceptionOfType(StateMachineFailureException.class)
                .isThrownBy(apply)
                .withMessageContaining("has ended its transaction");
    }

    @Test
    void processThatDiesBehindACommitThatWasNotSeenIsFoundOut() throws Exception {
        acting.then = () -> {
            DataSourceUtils.getConnection(dataSource)
                    .unwrap(org.h2.jdbc.JdbcConnection.class)
                    .commit();
            throw new AssertionError("dies");
        };
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> apply(7, "a"));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(machine()::position)
                .withMessageContaining("index 7");
    }

    @Test
    void failureOfTheDatabaseThatWasCaughtStopsTheMemberAllTheSame() throws Exception {
        jdbc.sql("SET DEFAULT_LOCK_TIMEOUT 1").update();
        acting.then = () -> {
            try {
                jdbc.sql("UPDATE scratch SET id = 2").update();
            } catch (CannotAcquireLockException e) {
                // Swallowed.
            }
        };
        try (Connection other = dataSource.getConnection()) {
            other.setAutoCommit(false);
            other.prepareStatement("UPDATE scratch SET id = 3").executeUpdate();
            assertThatExceptionOfType(StateMachineFailureException.class)
                    .isThrownBy(() -> apply(1, "a"))
                    .withMessageContaining("the database failed");
        }
        assertThat(machine.position()).isEqualTo(Position.START);
        apply(1, "a");
        assertThat(jdbc.sql("SELECT id FROM scratch").query(Long.class).single())
                .isEqualTo(2);
    }

    @Test
    void databaseThatIsGoneStopsTheMember() throws Exception {
        acting.then = () -> DataSourceUtils.getConnection(dataSource)
                .unwrap(org.h2.jdbc.JdbcConnection.class)
                .close();
        assertThatExceptionOfType(StateMachineFailureException.class)
                .isThrownBy(() -> apply(1, "a"))
                .withMessageContaining("the database failed");
        acting.then = () -> {};
        assertThat(machine.position()).isEqualTo(Position.START);
    }

    @Test
    void constraintThatWasCaughtIsTheCommandsOwnMatter() throws Exception {
        acting.then = () -> {
            try {
                jdbc.sql("INSERT INTO word (text) VALUES ('a')").update();
            } catch (DuplicateKeyException e) {
                jdbc.sql("INSERT INTO word (text) VALUES ('b')").update();
            }
        };
        apply(1, "a");
        assertThat(acting.words()).contains("a").contains("b");
    }

    @Test
    void missingParameterIsAResult() throws Exception {
        acting.then = () -> jdbc.sql("INSERT INTO word (text) VALUES (?)").update();
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> apply(1, "a"))
                .isNotInstanceOf(StateMachineFailureException.class);
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
    }

    @Test
    void queryChangesNothingWhateverItTries() throws Exception {
        apply(1, "a");
        acting.then = () -> jdbc.sql("TRUNCATE TABLE scratch").update();
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> machine.query(new byte[0]))
                .withStackTraceContaining("wanted to run 'TRUNCATE TABLE scratch'");
        acting.then = () -> {
            jdbc.sql("DELETE FROM scratch").update();
            try {
                DataSourceUtils.getConnection(dataSource).commit();
            } catch (SQLException e) {
                // Swallowed.
            }
        };
        assertThatExceptionOfType(CommandTransactionException.class).isThrownBy(() -> machine.query(new byte[0]));
        assertThat(jdbc.sql("SELECT COUNT(*) FROM scratch").query(Long.class).single())
                .isOne();
    }

    private void refused(long index, String word, String what, String instead) throws Exception {
        assertThatExceptionOfType(CommandTransactionException.class)
                .isThrownBy(() -> apply(index, word))
                .withMessageContaining(what)
                .withMessageContaining(instead);
        assertThat(machine.position()).isEqualTo(new Position(index, index));
        assertThat(acting.words()).isEmpty();
    }

    private TransactionTemplate service(int propagation) {
        var template = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        template.setPropagationBehavior(propagation);
        return template;
    }

    private void apply(long index, String command) throws Exception {
        Exception result =
                Applying.apply(machine, new CommandContext(index, 1, Instant.EPOCH), command.getBytes(UTF_8), Map.of());
        if (result != null) {
            throw result;
        }
    }
}
