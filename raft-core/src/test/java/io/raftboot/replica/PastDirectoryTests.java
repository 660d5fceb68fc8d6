package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.CommandContext;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.storage.Identity;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory that the version before wrote: 40 words, a named one in their middle, a snapshot of that, and at the end a
 * named command that the state machine refuses. {@code directories/WriteDirectory.java.txt} is the program that wrote it; the
 * names of its commands are kept for ten years of agreed time.
 */
class PastDirectoryTests {
    private static final String MACHINE = "words";
    private static final long SNAPSHOT_INDEX = 25;
    private static final long LAST_INDEX = 46;
    private static final long TERM = 2;
    private static final long NAMED_INDEX = 25;

    @TempDir
    Path directory;

    @BeforeEach
    void copy() throws IOException {
        try (var zip = new ZipInputStream(open("/directories/past-directory.zip"))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                var file = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.resolveSibling(""));
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
    }

    private static InputStream open(String resource) {
        var stream = PastDirectoryTests.class.getResourceAsStream(resource);
        if (stream == null) {
            throw new IllegalStateException("there is no " + resource);
        }
        return stream;
    }

    @Test
    void memberGoesOnWithStateLogAndResultsAsTheyWere() {
        var replica = started();
        try {
            assertThat(words(replica)).containsExactlyElementsOf(wordsBefore());
            var status = replica.status().join();
            assertThat(status.snapshotIndex()).isEqualTo(SNAPSHOT_INDEX);
            assertThat(status.firstIndex()).isEqualTo(2);
            assertThat(status.term()).isGreaterThan(TERM);

            // What was sent under a name before is known by it: from the snapshot, and from the log behind it.
            var named = replica.submitOnce(MACHINE, "named".getBytes(UTF_8), "order-7", null)
                    .join();
            assertThat(named).isInstanceOfSatisfying(Outcome.Applied.class, applied -> {
                assertThat(applied.value()).asString(UTF_8).isEqualTo("number 21");
                assertThat(applied.index()).isEqualTo(NAMED_INDEX);
            });
            var refused = replica.submitOnce(MACHINE, "refuse".getBytes(UTF_8), "order-8", null)
                    .join();
            assertThat(refused).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.errorType()).isEqualTo(IllegalArgumentException.class.getName());
                assertThat(failed.message()).isEqualTo("no word: refuse");
                assertThat(failed.index()).isEqualTo(LAST_INDEX);
            });
            assertThat(replica.submit(MACHINE, "new".getBytes(UTF_8), null).join())
                    .isInstanceOfSatisfying(Outcome.Applied.class, applied -> assertThat(applied.value())
                            .asString(UTF_8)
                            .isEqualTo("number 42"));
        } finally {
            replica.stop();
        }
        var again = started();
        try {
            assertThat(words(again)).hasSize(42).endsWith("word40", "new");
        } finally {
            again.stop();
        }
    }

    @Test
    void toolsReadIdentityAndLogAsTheyWere() throws Exception {
        var offline = OfflineDirectory.open(new RealDisk(), directory);
        assertThat(offline.identity())
                .returns("past", Identity::clusterName)
                .returns("default", Identity::group)
                .returns(1L, Identity::nodeId)
                .returns(1L, Identity::runs)
                .returns(8908385824417277985L, Identity::clusterId)
                .returns(512578280572484439L, Identity::incarnation);
        var log = offline.verifyLog();
        assertThat(log.firstIndex()).isEqualTo(2);
        assertThat(log.lastIndex()).isEqualTo(LAST_INDEX);
        assertThat(log.hardState().getTerm()).isEqualTo(TERM);
        assertThat(log.hardState().getVote()).isEqualTo(1);
        assertThat(log.marker().getMetadata().getIndex()).isEqualTo(SNAPSHOT_INDEX);
        assertThat(offline.snapshotFiles()).hasSize(1);
    }

    private Replica started() {
        var config = ReplicaConfig.builder(directory)
                .clusterName("past")
                .nodeId(1)
                .peers(List.of(new Peer(1, "127.0.0.1", 7401)))
                .walSegmentSizeBytes(4 * 1024)
                .build();
        var replica = new Replica(config, new MemoryNetwork(1).join(1), () -> Map.of(MACHINE, new Words()));
        replica.start();
        return replica;
    }

    private static List<String> wordsBefore() {
        return Stream.concat(Stream.concat(words(1, 20), Stream.of("named")), words(21, 40))
                .toList();
    }

    private static Stream<String> words(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(number -> "word" + number);
    }

    private static List<String> words(Replica replica) {
        var outcome =
                replica.read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE).join();
        assertThat(outcome).isInstanceOf(ReadOutcome.Answered.class);
        return List.of(new String(((ReadOutcome.Answered) outcome).value(), UTF_8).split(" "));
    }

    private static final class Words implements StateMachine {
        private final List<String> words = new ArrayList<>();

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            var word = new String(command, UTF_8);
            if (word.equals("refuse")) {
                throw new IllegalArgumentException("no word: " + word);
            }
            words.add(word);
            return ("number " + words.size()).getBytes(UTF_8);
        }

        @Override
        public byte[] query(byte[] query) {
            return String.join(" ", words).getBytes(UTF_8);
        }

        @Override
        public SnapshotWriter snapshot() {
            var captured = query(new byte[0]);
            return out -> out.write(captured);
        }

        @Override
        public void restore(InputStream snapshot) throws IOException {
            words.clear();
            words.addAll(List.of(new String(snapshot.readAllBytes(), UTF_8).split(" ")));
        }
    }
}
