package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.LogWrite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log far larger than the heap: a member starts with it, applies it, and sends half of it to another one. Members are
 * processes of their own; that a heap was too small ends one.
 */
class LargeLogTests {
    private static final Logger log = LoggerFactory.getLogger(LargeLogTests.class);
    private static final long MIB = 1024 * 1024;
    private static final int COMMAND_BYTES = 64 * 1024;
    private static final int COMMANDS_IN_BATCH = 64;
    private static final long SEED = 20261122;

    @TempDir
    Path dir;

    private final List<MemberProcess> processes = new ArrayList<>();
    private final List<String> peers = MemberProcess.freePeers(2);

    LargeLogTests() throws IOException {}

    @AfterEach
    void kill() {
        processes.forEach(MemberProcess::kill);
    }

    /** A fortieth of the large one; in a fortieth of the heap not even the JVM and the transport would start. */
    @Test
    void followerThatIsFarBehindIsBroughtUpWithASmallHeap() throws Exception {
        bringUp(256 * MIB, 128 * MIB, 48, 2 * MIB, Duration.ofMinutes(2));
    }

    @Test
    @Tag("large")
    void followerFiveGibibytesBehindIsBroughtUpWithAHeapOfTwoHundredFiftySix() throws Exception {
        bringUp(10240 * MIB, 5120 * MIB, 256, 64 * MIB, Duration.ofMinutes(20));
    }

    private void bringUp(long logBytes, long behindBytes, int heapMib, long cacheBytes, Duration patience)
            throws Exception {
        long commands = logBytes / COMMAND_BYTES;
        write(1, commands);
        write(2, (logBytes - behindBytes) / COMMAND_BYTES);

        long start = System.nanoTime();
        var ahead = MemberProcess.start(dir, 1, peers, heapMib, 0, cacheBytes, "log");
        processes.add(ahead);
        long opened = System.nanoTime();
        var behind = MemberProcess.start(dir, 2, peers, heapMib, 0, cacheBytes, "log");
        processes.add(behind);
        await().atMost(patience)
                .until(() ->
                        ahead.status().commands() == commands && behind.status().commands() == commands);
        long caughtUp = System.nanoTime();

        assertThat(ahead.status().leads()).isTrue();
        assertThat(ahead.ask("fill 100")).isEqualTo("100");
        await().atMost(patience).until(() -> behind.status().commands() == commands + 100);
        var sender = ahead.status();
        var receiver = behind.status();
        assertThat(sender.firstIndex()).as("nothing went by snapshot").isEqualTo(2);
        assertThat(receiver.restoredBytes()).isZero();
        log.info(
                "log of {} MiB, {} MiB behind: opened in {} ms, sent and applied in {} ms; heap at its peak: ahead {} of"
                        + " {} MiB, behind {} of {} MiB",
                logBytes / MIB,
                behindBytes / MIB,
                TimeUnit.NANOSECONDS.toMillis(opened - start),
                TimeUnit.NANOSECONDS.toMillis(caughtUp - opened),
                sender.peakHeapBytes() / MIB,
                sender.maxHeapBytes() / MIB,
                receiver.peakHeapBytes() / MIB,
                receiver.maxHeapBytes() / MIB);
    }

    /** The log of a member that has so many commands of term 1, as it would have written it. */
    private void write(long id, long commands) throws Exception {
        var bootstrap =
                peers.stream().map(Peer::valueOf).map(peer -> peer.asRaftPeer()).toList();
        var request = new IdentityRequest("raft", "default", id, bootstrap, false);
        var payload = new byte[COMMAND_BYTES];
        new Random(SEED).nextBytes(payload);
        var command = Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup("default")
                .setMachine(GeneratedMachine.NAME)
                .setPayload(ByteString.copyFrom(payload))
                .build()
                .toByteString();
        try (var storage = MemberStorage.open(
                new RealDisk(),
                dir.resolve("node" + id),
                request,
                StorageOptions.defaults().withCacheSizeBytes(0))) {
            long next = storage.reader().lastIndex() + 1;
            long end = next + commands;
            while (next < end) {
                var entries = new ArrayList<Entry>();
                for (int i = 0; i < COMMANDS_IN_BATCH && next < end; i++) {
                    entries.add(Entry.newBuilder()
                            .setType(EntryType.ENTRY_NORMAL)
                            .setTerm(1)
                            .setIndex(next++)
                            .setData(command)
                            .build());
                }
                var committed = HardState.newBuilder()
                        .setTerm(1)
                        .setVote(0)
                        .setCommit(next - 1)
                        .build();
                var writes = List.of(LogWrite.entries(committed, entries));
                storage.reader().advance(storage.writer().append(writes));
            }
        }
    }
}
