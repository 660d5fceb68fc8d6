package io.raftboot.autoconfigure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.BackupOutcome;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaStartException;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.tool.RaftTools;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;

/** A state machine in H2, backed up while its member runs, and the member of a new cluster that begins with the backup. */
class RestoredDatabaseTests {
    private static final String MACHINE = "words";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private static Replica started(Path data, DataSource database, Words words) throws Exception {
        var config = ReplicaConfig.builder(data).build();
        var machine = new JdbcStateMachine(
                words,
                new MachineDatabase(
                        database,
                        new Owner(MACHINE, config.clusterName(), 1),
                        List.of(new H2Adapter()),
                        new ClassPathResource("words.sql")));
        var replica = new Replica(
                config,
                new NettyTransport("127.0.0.1", null, TransportOptions.defaults()),
                () -> Map.of(MACHINE, machine));
        replica.start();
        return replica;
    }

    private static Outcome submit(Replica replica, String word) {
        return replica.submitOnce(MACHINE, word.getBytes(UTF_8), "key-" + word, PATIENCE)
                .join();
    }

    private Path backUp(Replica replica) throws Exception {
        var outcome =
                (BackupOutcome.Ready) replica.backup(ReadOptions.LINEARIZABLE).join();
        try (var backup = outcome.backup()) {
            var file = directory.resolve(backup.fileName());
            try (var channel = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                backup.writeTo(channel);
            }
            return file;
        }
    }

    @Test
    void emptyDatabaseIsFilledFromTheBackupAndOneThatIsNewerIsRefused() throws Exception {
        var database = Words.database();
        var words = new Words(database);
        var replica = started(directory.resolve("old"), database, words);
        Path file;
        try {
            assertThat(submit(replica, "a")).isInstanceOf(Outcome.Applied.class);
            assertThat(submit(replica, "b")).isInstanceOf(Outcome.Applied.class);
            file = backUp(replica);
            assertThat(submit(replica, "later")).isInstanceOf(Outcome.Applied.class);
        } finally {
            replica.stop();
        }

        var said = new StringWriter();
        for (String name : new String[] {"new", "again"}) {
            int code = RaftTools.run(
                    new PrintWriter(said, true),
                    new PrintWriter(said, true),
                    "restore",
                    file.toString(),
                    directory.resolve(name).toString());
            assertThat(code).as(said.toString()).isZero();
        }
        var empty = Words.database();
        var restoredWords = new Words(empty);
        var restored = started(directory.resolve("new"), empty, restoredWords);
        try {
            assertThat(restoredWords.words()).isEqualTo("1a,2b");
            // Sent again under its key it is answered, and not written twice, which the table would not take either.
            assertThat(submit(restored, "a")).isInstanceOf(Outcome.Applied.class);
            assertThat(submit(restored, "c")).isInstanceOf(Outcome.Applied.class);
            assertThat(restoredWords.words()).isEqualTo("1a,2b,3c");
        } finally {
            restored.stop();
        }
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(() -> started(directory.resolve("again"), database, words))
                .withMessageContaining("empty it, so that it is made anew from the snapshot");
        assertThat(words.words()).contains("later");
    }
}
