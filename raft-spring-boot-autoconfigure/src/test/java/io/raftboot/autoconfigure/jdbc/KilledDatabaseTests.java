package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * H2 as its adapter sets it up leaves whole transactions behind when the process is killed. The process does nothing but transactions,
 * without anything of Spring between them: so nearly every moment is within one, and H2 as it comes leaves half of one in
 * every second or third kill.
 */
class KilledDatabaseTests {
    private static final int KILLS = 6;
    private static final long MIN_MILLIS = 700;
    private static final long MAX_MILLIS = 1600;

    @TempDir
    private Path directory;

    @Test
    void killedProcessLeavesWholeTransactions() throws Exception {
        long seed = new SplittableRandom().nextLong();
        var random = new SplittableRandom(seed);
        long transactions = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String url = "jdbc:h2:file:" + directory.resolve("ledger-" + kill);
            killWhileItWrites(url, random.nextLong(MIN_MILLIS, MAX_MILLIS));
            List<Long> numbers = JdbcClient.create(new DriverManagerDataSource(url, "sa", ""))
                    .sql("SELECT n FROM number UNION ALL SELECT COUNT(*) FROM line")
                    .query(Long.class)
                    .list();
            assertThat(numbers).as("seed %s, kill %s", seed, kill).hasSize(4).containsOnly(numbers.get(0));
            transactions += numbers.get(0);
        }
        assertThat(transactions).isPositive();
    }

    private static void killWhileItWrites(String url, long millis) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writing.class.getName(),
                        url)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo(Writing.READY);
            // Not waiting for anything: when it is killed is what is varied.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** The process: counts to the same number in three rows and in a table, one more with each transaction. */
    static final class Writing {
        static final int READY = '+';

        private static final long WRITE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

        private Writing() {}

        public static void main(String[] arguments) throws SQLException {
            var adapter = new H2Adapter();
            try (Connection connection = DriverManager.getConnection(arguments[0], "sa", "")) {
                adapter.beforeUse(connection);
                try (var statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE number (id VARCHAR(10) PRIMARY KEY, n BIGINT)");
                    statement.execute("CREATE TABLE line (id VARCHAR(20) PRIMARY KEY, content VARBINARY(100))");
                    statement.execute("INSERT INTO number VALUES ('1', 0), ('2', 0), ('3', 0)");
                }
                connection.setAutoCommit(false);
                System.out.write(READY);
                System.out.flush();
                write(connection, adapter);
            }
        }

        private static void write(Connection connection, H2Adapter adapter) throws SQLException {
            try (PreparedStatement count = connection.prepareStatement("UPDATE number SET n = n + 1 WHERE id = ?");
                    PreparedStatement line = connection.prepareStatement("INSERT INTO line VALUES (?, ?)")) {
                long written = System.nanoTime();
                for (long transaction = 1; true; transaction++) {
                    for (int id = 1; id <= 3; id++) {
                        count.setString(1, String.valueOf(id));
                        count.executeUpdate();
                    }
                    line.setString(1, String.valueOf(transaction));
                    line.setBytes(2, new byte[50]);
                    line.executeUpdate();
                    connection.commit();
                    if (System.nanoTime() - written >= WRITE_INTERVAL_NANOS) {
                        adapter.writeCommitted(connection);
                        written = System.nanoTime();
                    }
                }
            }
        }
    }
}
