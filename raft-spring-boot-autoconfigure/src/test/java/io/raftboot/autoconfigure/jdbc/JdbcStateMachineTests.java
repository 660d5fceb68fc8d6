package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.ForeignStateException;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class JdbcStateMachineTests {
    private static final Owner OWNER = new Owner("words", "raft", 1);

    private final DriverManagerDataSource dataSource = Words.database();
    private final Words words = new Words(dataSource);
    private final JdbcStateMachine machine = machine(words, dataSource, OWNER);

    @Test
    void newDatabaseGetsItsTablesAndHasAppliedNothing() throws Exception {
        assertThat(machine.position()).isEqualTo(Position.START);
        assertThat(machine.position()).isEqualTo(Position.START);
        assertThat(rows(machine)).isEmpty();
        assertThat(words.words()).isEmpty();
    }

    @Test
    void commandItsIndexAndItsRowsAreThereTogether() throws Exception {
        machine.position();
        assertThat(apply(machine, 4, "a", Map.of("s/1", "one", "r/1/1", "first")))
                .isEqualTo("a");
        assertThat(machine.position()).isEqualTo(new Position(4, 4));
        assertThat(rows(machine)).isEqualTo(Map.of("s/1", "one", "r/1/1", "first"));
        assertThat(apply(machine, 5, "b", Map.of("s/1", "two", "r/1/1", ""))).isEqualTo("b");
        assertThat(rows(machine)).isEqualTo(Map.of("s/1", "two"));
        assertThat(words.words()).isEqualTo("1a,2b");
    }

    @Test
    void commandThatFailsIsUndoneButCounts() throws Exception {
        machine.position();
        assertThatIllegalStateException()
                .isThrownBy(() -> apply(machine, 1, "!a", Map.of()))
                .withMessage("no !a");
        assertThat(words.words()).isEmpty();
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
    }

    @Test
    void constraintIsAResultLikeAnyOther() throws Exception {
        machine.position();
        apply(machine, 1, "a", Map.of());
        assertThatExceptionOfType(DuplicateKeyException.class).isThrownBy(() -> apply(machine, 2, "a", Map.of()));
        assertThat(machine.position()).isEqualTo(new Position(2, 2));
    }

    @Test
    void failureOfTheDatabaseLeavesAllAsItWas() throws Exception {
        machine.position();
        apply(machine, 1, "a", Map.of("s/1", "one"));
        assertThatExceptionOfType(StateMachineFailureException.class)
                .isThrownBy(() -> apply(machine, 2, "?", Map.of("s/1", "two")))
                .withMessageContaining("index 2");
        assertThat(machine.position()).isEqualTo(new Position(1, 1));
        assertThat(rows(machine)).isEqualTo(Map.of("s/1", "one"));
        assertThat(words.words()).isEqualTo("1a");
    }

    @Test
    void queryReadsOneStateWhileCommandsAreApplied() throws Exception {
        machine.position();
        apply(machine, 1, "a", Map.of());
        words.between = () -> {
            try {
                Thread other = new Thread(() -> {
                    try {
                        apply(machine, 2, "b", Map.of());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                other.start();
                other.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(query("")).isEqualTo("1a|1a");
        words.between = () -> {};
        assertThat(query("")).isEqualTo("1a,2b|1a,2b");
    }

    @Test
    void whatAQueryWritesIsRolledBack() throws Exception {
        machine.position();
        query("x");
        assertThat(words.words()).isEmpty();
    }

    @Test
    void exportReplacesTheDatabaseOfAnotherMember() throws Exception {
        machine.position();
        apply(machine, 3, "a", Map.of("s/1", "one"));
        apply(machine, 7, "it's; --\nb", Map.of());
        DriverManagerDataSource other = Words.database();
        var otherWords = new Words(other);
        var restored = machine(otherWords, other, new Owner("words", "raft", 2));
        restored.position();
        apply(restored, 1, "gone", Map.of("s/9", "gone"));
        restored.restore(new ByteArrayInputStream(export(machine)), 5);
        // The export was newer than the snapshot that it is of.
        assertThat(restored.position()).isEqualTo(new Position(7, 5));
        assertThat(rows(restored)).isEqualTo(Map.of("s/1", "one"));
        assertThat(otherWords.words()).isEqualTo(words.words());
        apply(restored, 8, "c", Map.of());
        assertThat(restored.position()).isEqualTo(new Position(8, 8));
        assertThat(otherWords.words()).endsWith("3c");
    }

    @Test
    void exportOfWhatHadNoCommandsSinceIsAsFarAsItsSnapshot() throws Exception {
        machine.position();
        apply(machine, 3, "a", Map.of());
        machine.restore(new ByteArrayInputStream(export(machine)), 9);
        assertThat(machine.position()).isEqualTo(new Position(9, 9));
    }

    @Test
    void restoreThatWasInterruptedIsAMachineThatIsNew() throws Exception {
        machine.position();
        apply(machine, 3, "a", Map.of());
        byte[] export = export(machine);
        for (int length : List.of(2, export.length / 2, export.length - 10)) {
            assertThatIOException()
                    .as("%s bytes", length)
                    .isThrownBy(() -> machine.restore(new ByteArrayInputStream(export, 0, length), 3));
            var started = machine(words, dataSource, OWNER);
            assertThat(started.position()).as("%s bytes", length).isEqualTo(Position.START);
            assertThat(words.words()).isEmpty();
        }
        machine.restore(new ByteArrayInputStream(export), 3);
        assertThat(words.words()).isEqualTo("1a");
    }

    @Test
    void connectionIsAfterAnExportAsItWasBefore() throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            new H2Adapter().exportTo(connection, OutputStream.nullOutputStream());
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    @Test
    void exportOfSomethingElseIsRefused() throws Exception {
        machine.position();
        assertThatIOException()
                .isThrownBy(() -> machine.restore(new ByteArrayInputStream(new byte[] {0, 0, 0, 9}), 3))
                .withMessageContaining("format 9");
    }

    @Test
    void databaseOfAnotherMemberOrMachineIsRefused() throws Exception {
        machine.position();
        for (Owner other :
                List.of(new Owner("words", "raft", 2), new Owner("words", "blue", 1), new Owner("other", "raft", 1))) {
            assertThatExceptionOfType(ForeignStateException.class)
                    .isThrownBy(() -> machine(words, dataSource, other).position())
                    .withMessageContaining("belongs to the state machine 'words' of member 1 of the cluster 'raft'")
                    .withMessageContaining("a database of its own");
        }
    }

    @Test
    void databaseWithoutAnAdapterIsRefused() {
        var unknown = new JdbcStateMachine(words, new MachineDatabase(dataSource, OWNER, List.of(), null));
        assertThatIllegalStateException()
                .isThrownBy(unknown::position)
                .withMessageContaining("'H2'")
                .withMessageContaining(DatabaseAdapter.class.getName());
    }

    @Test
    void tablesMayBeThereBefore() throws Exception {
        JdbcClient.create(dataSource)
                .sql("CREATE TABLE word (id BIGINT GENERATED BY DEFAULT AS IDENTITY, text VARCHAR(20))")
                .update();
        var migrated =
                new JdbcStateMachine(words, new MachineDatabase(dataSource, OWNER, List.of(new H2Adapter()), null));
        assertThat(migrated.position()).isEqualTo(Position.START);
        assertThat(apply(migrated, 1, "a", Map.of())).isEqualTo("a");
    }

    @Test
    void tablesOfAStartThatWasCutShortAreMadeAnew() throws Exception {
        var jdbc = JdbcClient.create(dataSource);
        jdbc.sql("CREATE TABLE word (id BIGINT GENERATED BY DEFAULT AS IDENTITY, text VARCHAR(20))")
                .update();
        var withoutSchema = new MachineDatabase(dataSource, OWNER, List.of(new H2Adapter()), null);
        jdbc.sql("CREATE TABLE raft_session_row (name INT)").update();
        jdbc.sql("CREATE TABLE raft_state_machine (name INT)").update();
        var started = new JdbcStateMachine(words, withoutSchema);
        assertThat(started.position()).isEqualTo(Position.START);
        assertThat(apply(started, 1, "a", Map.of("s/1", "one"))).isEqualTo("a");
    }

    @Test
    void oneConnectionIsEnough() throws Exception {
        var pool = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
        pool.setMaxConnections(1);
        pool.setLoginTimeout(1);
        try {
            var onlyWords = new Words(pool);
            var alone = machine(onlyWords, pool, OWNER);
            assertThat(alone.position()).isEqualTo(Position.START);
            apply(alone, 1, "a", Map.of("s/1", "one"));
            alone.restore(new ByteArrayInputStream(export(alone)), 1);
            assertThat(alone.durableIndex()).isEqualTo(1);
            assertThat(new String(alone.query(new byte[0]), UTF_8)).isEqualTo("1a|1a");
        } finally {
            pool.dispose();
        }
    }

    @Test
    void databaseWritesNothingByItselfWhateverTheUrlSays(@TempDir Path directory) throws Exception {
        // Each connection that is made anew sets the delay again.
        var source = new DriverManagerDataSource(
                "jdbc:h2:file:" + directory.resolve("words") + ";WRITE_DELAY=100;DB_CLOSE_DELAY=-1", "sa", "");
        var machine = machine(new Words(source), source, OWNER);
        machine.position();
        assertThat(machine.<String>transact(() -> writeDelay(machine))).isEqualTo("2147483647");
        machine.query(new byte[0]);
        assertThat(machine.<String>transact(() -> writeDelay(machine))).isEqualTo("2147483647");
        JdbcClient.create(source).sql("SHUTDOWN").update();
    }

    /** Within a command. */
    private static String writeDelay(JdbcStateMachine machine) throws Exception {
        var connection = machine.running().connection();
        try (var statement = connection.createStatement();
                var found = statement.executeQuery(
                        "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'WRITE_DELAY'")) {
            assertThat(found.next()).isTrue();
            return found.getString(1);
        }
    }

    @Test
    void nothingIsForcedWhileACommandIsUnderWay() throws Exception {
        machine.position();
        var started = new CountDownLatch(1);
        var forced = new CompletableFuture<Long>();
        var forcing = new Thread(() -> {
            started.countDown();
            try {
                forced.complete(machine.durableIndex());
            } catch (Exception e) {
                forced.completeExceptionally(e);
            }
        });
        machine.transact(() -> {
            machine.apply(new CommandContext(5, 1, Instant.EPOCH), "a".getBytes(UTF_8));
            forcing.start();
            started.await();
            await().until(() -> forcing.getState() == Thread.State.WAITING);
            assertThat(forced).isNotDone();
            machine.record(5, Map.of());
            return true;
        });
        assertThat(forced.get(30, TimeUnit.SECONDS)).isEqualTo(5);
    }

    /** What a query has changed, and not rolled back yet, must not be written, as little as half of a command. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsForcedOrAppliedWhileAQueryHasSomethingToRollBack(boolean forces) throws Exception {
        machine.position();
        var written = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        words.between = () -> {
            written.countDown();
            pass(goOn);
        };
        var query = CompletableFuture.supplyAsync(() -> call(() -> query("x")));
        pass(written);
        var done = new CompletableFuture<Object>();
        var other = new Thread(
                () -> done.complete(call(() -> forces ? machine.durableIndex() : apply(machine, 4, "a", Map.of()))));
        other.start();
        await().until(() -> done.isDone() || other.getState() == Thread.State.WAITING);
        assertThat(done).isNotDone();
        goOn.countDown();
        assertThat(query.get(30, TimeUnit.SECONDS)).endsWith("x");
        assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo(forces ? 0L : "a");
        assertThat(words.words()).doesNotContain("x");
    }

    /** A query that has read the table that the command wants for itself. */
    @Test
    void queryThatWouldWaitForACommandThatWaitsForItIsGivenUp() throws Exception {
        machine.position();
        var queryOver = new CountDownLatch(1);
        var underWay = new CountDownLatch(1);
        var waiting = new Words(dataSource) {
            @Override
            public byte[] apply(CommandContext context, byte[] command) throws Exception {
                underWay.countDown();
                pass(queryOver);
                return super.apply(context, command);
            }

            @Override
            public byte[] query(byte[] query) {
                words();
                pass(underWay);
                return super.query(query);
            }
        };
        var impatient = new JdbcStateMachine(
                waiting,
                new MachineDatabase(dataSource, OWNER, List.of(new H2Adapter()), new ClassPathResource("words.sql")),
                Duration.ofMillis(50));
        impatient.position();
        var command = CompletableFuture.supplyAsync(() -> call(() -> apply(impatient, 4, "a", Map.of())));
        assertThatIllegalStateException()
                .isThrownBy(() -> impatient.query("x".getBytes(UTF_8)))
                .withMessageContaining("50 ms for a command")
                .withMessageContaining("run that statement first");
        queryOver.countDown();
        assertThat(command.get(30, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(apply(impatient, 5, "b", Map.of())).isEqualTo("b");
        assertThat(words.words()).isEqualTo("1a,2b");
    }

    @Test
    void nothingIsForcedOrVouchedForWhileTheContentIsReplaced() throws Exception {
        machine.position();
        apply(machine, 3, "a", Map.of());
        byte[] export = export(machine);
        var reading = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var slow = new ByteArrayInputStream(export) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                reading.countDown();
                pass(goOn);
                return super.read(target, offset, length);
            }
        };
        var restored = CompletableFuture.supplyAsync(() -> call(() -> {
            machine.restore(slow, 9);
            return true;
        }));
        pass(reading);
        var done = new CompletableFuture<Long>();
        var forcing = new Thread(() -> {
            try {
                done.complete(machine.durableIndex());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        forcing.start();
        await().until(() -> done.isDone() || forcing.getState() == Thread.State.WAITING);
        assertThat(done).isNotDone();
        goOn.countDown();
        assertThat(restored.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT * FROM word | false",
                "(select 1) union (select 2) | false",
                "WITH a AS (SELECT 1) SELECT * FROM a | false",
                "/* of update */ VALUES (1) | true",
                "SELECT * FROM word FOR UPDATE | true",
                "SELECT id FROM FINAL TABLE (INSERT INTO word (text) VALUES ('a')) | true",
                "SELECT NEXT VALUE FOR numbers | true",
                "SELECT nextval('numbers') | true",
                "insert into word (text) values ('a') | true",
                "CALL change() | true",
                "EXPLAIN ANALYZE DELETE FROM word | true",
                "SELECT 1; DELETE FROM word | true",
                "SELECT * INTO copy FROM word | true"
            })
    void whatIsNotCertainToReadAloneMustBeAlone(String sql, boolean alone) {
        assertThat(new H2Adapter().mustBeAlone(sql)).isEqualTo(alone);
    }

    @Test
    void rowsThatAQueryCanChangeWithoutAStatementMustBeAloneToo() throws Exception {
        var told = new AtomicInteger();
        var begun = CommandTransaction.begin("query", dataSource, new H2Adapter(), null)
                .beforeChange(told::incrementAndGet);
        try (var connection = begun.guarded();
                var reading = connection.createStatement();
                var changing = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
            assertThat(reading.isClosed()).isFalse();
            assertThat(changing.isClosed()).isFalse();
            assertThat(told).hasValue(1);
        } finally {
            begun.end();
        }
    }

    private static <T> T call(java.util.concurrent.Callable<T> action) {
        try {
            return action.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatItVouchesForIsInTheFileEvenIfTheProcessDies(@TempDir Path directory) throws Exception {
        // The delay keeps H2 from writing by itself meanwhile.
        var live = new DriverManagerDataSource(
                "jdbc:h2:file:" + directory.resolve("live") + ";WRITE_DELAY=60000;DB_CLOSE_DELAY=-1", "sa", "");
        var written = machine(new Words(live), live, OWNER);
        written.position();
        apply(written, 7, "a", Map.of("s/1", "one"));
        assertThat(written.durableIndex()).isEqualTo(7);
        Files.copy(directory.resolve("live.mv.db"), directory.resolve("copy.mv.db"));
        JdbcClient.create(live).sql("SHUTDOWN").update();

        var copy = new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve("copy"), "sa", "");
        var recovered = machine(new Words(copy), copy, OWNER);
        assertThat(recovered.position()).isEqualTo(new Position(7, 7));
        assertThat(rows(recovered)).isEqualTo(Map.of("s/1", "one"));
    }

    private static JdbcStateMachine machine(Words words, DataSource dataSource, Owner owner) {
        return new JdbcStateMachine(
                words,
                new MachineDatabase(dataSource, owner, List.of(new H2Adapter()), new ClassPathResource("words.sql")));
    }

    /** Applies as the replica does; an empty text removes a row. */
    private static String apply(JdbcStateMachine machine, long index, String command, Map<String, String> rows)
            throws Exception {
        Map<String, byte[]> changes = new HashMap<>();
        rows.forEach((name, text) -> changes.put(name, text.isEmpty() ? null : text.getBytes(UTF_8)));
        var context = new CommandContext(index, 1, Instant.EPOCH);
        Object result = machine.transact(() -> {
            Object outcome;
            try {
                outcome = new String(machine.apply(context, command.getBytes(UTF_8)), UTF_8);
            } catch (StateMachineFailureException e) {
                throw e;
            } catch (Exception e) {
                outcome = e;
            }
            machine.record(index, changes);
            return outcome;
        });
        if (result instanceof Exception failure) {
            throw failure;
        }
        return (String) result;
    }

    private String query(String query) throws Exception {
        return new String(machine.query(query.getBytes(UTF_8)), UTF_8);
    }

    private static Map<String, String> rows(JdbcStateMachine machine) {
        Map<String, String> rows = new HashMap<>();
        machine.readRows((name, content) -> rows.put(name, new String(content, UTF_8)));
        return rows;
    }

    private static byte[] export(JdbcStateMachine machine) throws Exception {
        var out = new ByteArrayOutputStream();
        machine.snapshot().writeTo(out);
        return out.toByteArray();
    }
}
