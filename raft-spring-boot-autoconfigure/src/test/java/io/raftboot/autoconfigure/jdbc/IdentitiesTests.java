package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.CommandContext;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Numbers of identity columns, which H2 never takes back, on members that went through different things. */
class IdentitiesTests {
    private final DriverManagerDataSource dataSource = Words.database();
    private final Words words = new Words(dataSource);
    private final JdbcStateMachine machine = machine(words, dataSource);

    @TempDir
    private Path directory;

    private static JdbcStateMachine machine(Words words, DataSource dataSource) {
        return new JdbcStateMachine(
                words,
                new MachineDatabase(
                        dataSource,
                        new Owner("words", "raft", 1),
                        List.of(new H2Adapter()),
                        new ClassPathResource("words.sql")));
    }

    private static void apply(JdbcStateMachine machine, long index, String command) throws Exception {
        Applying.apply(machine, new CommandContext(index, 1, Instant.EPOCH), command.getBytes(UTF_8), Map.of());
    }

    /** An exception as a result takes a number as well, on every member alike. */
    @Test
    void numbersGoOnBehindACrashAsIfThereHadBeenNone() throws Exception {
        var live = file("live");
        var liveWords = new Words(live);
        var written = machine(liveWords, live);
        written.position();
        apply(written, 1, "a");
        apply(written, 2, "!b");
        written.durableIndex();
        Files.copy(directory.resolve("live.mv.db"), directory.resolve("copy.mv.db"));
        apply(written, 3, "c");

        var copy = file("copy");
        var copyWords = new Words(copy);
        var recovered = machine(copyWords, copy);
        recovered.position();
        apply(recovered, 3, "c");
        assertThat(copyWords.words()).isEqualTo(liveWords.words()).isEqualTo("1a,3c");
    }

    private DriverManagerDataSource file(String name) {
        return new DriverManagerDataSource("jdbc:h2:file:" + directory.resolve(name) + ";DB_CLOSE_DELAY=-1", "sa", "");
    }

    @Test
    void numberOfACommandThatWasCutShortIsGivenAgain() throws Exception {
        machine.position();
        apply(machine, 1, "a");
        assertThatExceptionOfType(Error.class)
                .isThrownBy(() -> machine.transact(() -> {
                    machine.apply(new CommandContext(2, 1, Instant.EPOCH), "b".getBytes(UTF_8));
                    throw new Error("the member ends before the index is written");
                }));
        machine.position();
        apply(machine, 2, "b");
        assertThat(words.words()).isEqualTo("1a,2b");
    }

    @Test
    void firstCommandThatWasCutShortLeavesTheFirstNumber() throws Exception {
        machine.position();
        assertThatExceptionOfType(StateMachineFailureException.class).isThrownBy(() -> apply(machine, 1, "?"));
        assertThatExceptionOfType(Error.class)
                .isThrownBy(() -> machine.transact(() -> {
                    machine.apply(new CommandContext(1, 1, Instant.EPOCH), "b".getBytes(UTF_8));
                    throw new Error("the member ends before the index is written");
                }));
        machine.position();
        apply(machine, 1, "b");
        assertThat(words.words()).isEqualTo("1b");
    }

    /** An export has the rows of one state, and the numbers of the moment at which it is written. */
    @Test
    void memberThatWasBroughtUpByAnExportGoesOnLikeTheOthers() throws Exception {
        machine.position();
        apply(machine, 1, "a");
        var export = new ByteArrayOutputStream();
        assertThatExceptionOfType(Error.class)
                .isThrownBy(() -> machine.transact(() -> {
                    machine.apply(new CommandContext(2, 1, Instant.EPOCH), "b".getBytes(UTF_8));
                    machine.snapshot().writeTo(export);
                    throw new Error("the member ends before the index is written");
                }));

        var other = Words.database();
        var otherWords = new Words(other);
        var imported = machine(otherWords, other);
        imported.position();
        imported.restore(new ByteArrayInputStream(export.toByteArray()), 1);
        apply(imported, 2, "b");
        machine.position();
        apply(machine, 2, "b");
        assertThat(otherWords.words()).isEqualTo(words.words()).isEqualTo("1a,2b");
    }

    /** Rows come in as by a migration of the schema: to go back would make numbers that are there already. */
    @Test
    void rowsThatWereNumberedBesideTheCommandsAreNotNumberedAgain() throws Exception {
        machine.position();
        apply(machine, 1, "a");
        var jdbc = JdbcClient.create(dataSource);
        jdbc.sql("INSERT INTO word (text) VALUES ('migrated')").update();
        machine.position();
        apply(machine, 2, "b");
        assertThat(words.words()).isEqualTo("1a,2migrated,3b");
    }

    @Test
    void columnsThatCountDownAndOddNamesAreKeptToo() throws Exception {
        var jdbc = JdbcClient.create(dataSource);
        var counting = new Words(dataSource) {
            @Override
            public byte[] apply(CommandContext context, byte[] command) throws Exception {
                jdbc.sql("INSERT INTO \"odd \"\" schema\".\"Table\" (text) VALUES ('x')")
                        .update();
                jdbc.sql("INSERT INTO \"odd \"\" schema\".\"Table\" (text) VALUES ('x')")
                        .update();
                return command;
            }
        };
        jdbc.sql("CREATE SCHEMA \"odd \"\" schema\"").update();
        jdbc.sql("CREATE TABLE \"odd \"\" schema\".\"Table\" (\"the id\" INT GENERATED ALWAYS AS IDENTITY"
                        + " (START WITH 100 INCREMENT BY -3 MINVALUE -1000) PRIMARY KEY, text VARCHAR(10))")
                .update();
        var down = machine(counting, dataSource);
        down.position();
        apply(down, 1, "x");
        assertThatExceptionOfType(Error.class)
                .isThrownBy(() -> down.transact(() -> {
                    down.apply(new CommandContext(2, 1, Instant.EPOCH), new byte[0]);
                    throw new Error("the member ends before the index is written");
                }));
        down.position();
        apply(down, 2, "x");
        assertThat(jdbc.sql("SELECT \"the id\" FROM \"odd \"\" schema\".\"Table\" ORDER BY 1 DESC")
                        .query(Integer.class)
                        .list())
                .containsExactly(100, 97, 94, 91);
    }
}
