package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.DurableStateMachine.Position;
import io.raftboot.api.Outcome;
import io.raftboot.replica.DurableMachine.Database;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that counts the log of one cluster, and a directory that was made another cluster's. */
class RecoveredDatabaseTests {
    private static final long NEW_CLUSTER = 99;
    private static final long AHEAD = 20;

    private final Database database = new Database();

    private TestCluster cluster(Path dir) {
        return new TestCluster(
                1,
                StorageKind.WAL,
                dir,
                UnaryOperator.identity(),
                id -> Map.of(DurableMachine.NAME, new DurableMachine(database)));
    }

    private static Outcome submit(TestCluster cluster, String row) {
        return TestCluster.get(cluster.replica(1).submit(DurableMachine.NAME, row.getBytes(UTF_8), null));
    }

    /** As the offline tool does it; returns the last index of the log. */
    private static long moveToNewCluster(TestCluster cluster) throws Exception {
        var request = new IdentityRequest("test", "default", 1, List.of(), false);
        try (var storage =
                MemberStorage.open(new RealDisk(), cluster.directory(1), request, StorageOptions.defaults())) {
            long lastIndex = storage.reader().lastIndex();
            storage.moveToCluster(NEW_CLUSTER, List.of(), lastIndex);
            return lastIndex;
        }
    }

    @Test
    void commandsOfTheNewClusterAreAppliedToADatabaseThatWasAheadOfTheOldLog(@TempDir Path dir) throws Exception {
        try (var cluster = cluster(dir).start()) {
            submit(cluster, "a");
            cluster.replica(1).stop();
            long lastIndex = moveToNewCluster(cluster);
            // As an export leaves it that was newer than its snapshot.
            database.moveTo(new Position(lastIndex + AHEAD, lastIndex));

            for (String row : List.of("b", "c")) {
                cluster.renew(1).start();
                assertThat(submit(cluster, row)).isInstanceOf(Outcome.Applied.class);
                cluster.replica(1).stop();
            }
            assertThat(database.rows()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void databaseWithEntriesThatNoLogHasIsRefused(@TempDir Path dir) throws Exception {
        try (var cluster = cluster(dir).start()) {
            submit(cluster, "a");
            cluster.replica(1).stop();
            long lastIndex = moveToNewCluster(cluster);
            var position = database.position();
            cluster.renew(1).start();
            for (int i = 0; i < AHEAD; i++) {
                cluster.applied(1, "more " + i);
            }
            cluster.replica(1).stop();

            // Put back as it was before, with what the old cluster had done since.
            var old = new Database();
            old.moveTo(new Position(lastIndex + 1, lastIndex + 1));
            assertThat(position.appliedIndex()).isLessThanOrEqualTo(lastIndex);
            var other = new TestCluster(
                    1,
                    StorageKind.WAL,
                    dir,
                    UnaryOperator.identity(),
                    id -> Map.of(DurableMachine.NAME, new DurableMachine(old)));
            try (other) {
                assertThatExceptionOfType(ReplicaStartException.class)
                        .isThrownBy(other::start)
                        .withMessageContaining("the entries behind it are others there");
            }
        }
    }
}
