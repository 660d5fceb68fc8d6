package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.CommandContext;
import io.raftboot.replica.SnapshotWriter;
import io.raftboot.replica.StateMachine;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A process that is killed at any moment leaves whole commands in its database. Each kill hits one moment of many, so there are many.
 */
@Tag("large")
class KilledDatabaseTests {
    private static final int KILLS = 40;
    private static final long MIN_MILLIS = 600;
    private static final long MAX_MILLIS = 1200;

    /** How often the log asks what is safe, while commands go on. */
    private static final long FORCE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path directory;

    @Test
    void killedProcessLeavesWholeCommands() throws Exception {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        long commands = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Path file = directory.resolve("ledger-" + kill);
            killWhileItWrites(file, random.nextLong(MIN_MILLIS, MAX_MILLIS));
            var found = new JdbcStateMachine(new Transfers(null), database(source(file)));
            long index = found.position().appliedIndex();
            assertThat(Transfers.balances(source(file)))
                    .as("seed %s, kill %s, index %s", seed, kill, index)
                    .isEqualTo(List.of(index, -index));
            commands += index;
        }
        assertThat(commands).isPositive();
    }

    private static void killWhileItWrites(Path file, long millis) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Transfers.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo(Transfers.READY);
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(millis)); // how far it comes is the point, not waited for
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static DataSource source(Path file) {
        var source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1");
        source.setUser("sa");
        return source;
    }

    private static MachineDatabase database(DataSource source) {
        var schema =
                "CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT); INSERT INTO account VALUES (1, 0), (2, 0);";
        return new MachineDatabase(
                source,
                new Owner("transfers", "raft", 1),
                List.of(new H2Adapter()),
                new ByteArrayResource(schema.getBytes(UTF_8)));
    }

    /** Moves one from an account to another with each command; also the process that does so until it is killed. */
    static final class Transfers implements StateMachine {
        static final int READY = '+';

        private final @Nullable JdbcClient jdbc;

        Transfers(@Nullable JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        public static void main(String[] arguments) throws Exception {
            DataSource source = source(Path.of(arguments[0]));
            var machine = new JdbcStateMachine(new Transfers(JdbcClient.create(source)), database(source));
            machine.position();
            var forcing = new Thread(() -> {
                while (true) {
                    try {
                        machine.durableIndex();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    LockSupport.parkNanos(FORCE_INTERVAL_NANOS);
                }
            });
            forcing.start();
            for (long index = 1; true; index++) {
                long now = index;
                machine.transact(() -> {
                    machine.apply(new CommandContext(now, 1, Instant.EPOCH), new byte[0]);
                    machine.record(now, Map.of("s/" + now, new byte[] {1}));
                    return true;
                });
                if (index == 1) {
                    System.out.write(READY);
                    System.out.flush();
                }
            }
        }

        static List<Long> balances(DataSource source) {
            return JdbcClient.create(source)
                    .sql("SELECT balance FROM account ORDER BY id DESC")
                    .query(Long.class)
                    .list();
        }

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            add(1, -1);
            add(2, 1);
            return command;
        }

        private void add(int id, long amount) {
            Objects.requireNonNull(jdbc)
                    .sql("UPDATE account SET balance = balance + ? WHERE id = ?")
                    .params(amount, id)
                    .update();
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }

        @Override
        public SnapshotWriter snapshot() {
            throw new AssertionError("the database is exported");
        }

        @Override
        public void restore(InputStream snapshot) {
            throw new AssertionError("the database is imported");
        }
    }
}
