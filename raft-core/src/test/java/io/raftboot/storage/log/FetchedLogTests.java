package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.CompactedException;
import io.raftboot.raft.EntriesTemporarilyUnavailableException;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log of which nothing is in memory; what has to be read waits until the test lets it. */
class FetchedLogTests {
    private static final int ENTRY_BYTES = 1000;

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());
    private final MemberStorage storage;
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private final FetchedLog log;
    private int answers;

    FetchedLogTests() throws Exception {
        storage = MemberStorage.open(
                disk,
                Path.of("/data"),
                new IdentityRequest("test", "default", 1, List.of(), false),
                StorageOptions.defaults().withCacheSizeBytes(0).withSegmentSizeBytes(256 * 1024));
        log = storage.fetchedLog(reads::add);
        log.answerOn(task -> {
            answers++;
            task.run();
        });
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    private void append(long first, int count, long term) throws Exception {
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < count; i++) {
            entries.add(Entry.newBuilder()
                    .setIndex(first + i)
                    .setTerm(term)
                    .setData(ByteString.copyFrom(new byte[ENTRY_BYTES]))
                    .build());
        }
        storage.reader().advance(storage.writer().append(List.of(LogWrite.entries(null, entries))));
    }

    private void read() {
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
    }

    private List<Entry> entries(long low, long high) throws Exception {
        return log.entries(low, high, RaftConfig.NO_LIMIT);
    }

    private void assertRefused(long low, long high) {
        assertThatThrownBy(() -> entries(low, high)).isInstanceOf(EntriesTemporarilyUnavailableException.class);
    }

    @Test
    void entriesAreRefusedFirstAndGivenOnceTheyAreRead() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        assertRefused(2, 12);
        assertThat(reads).as("asked for once").hasSize(1);
        read();
        assertThat(answers).isEqualTo(1);
        assertThat(entries(2, 12))
                .extracting(Entry::getIndex)
                .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(entries(5, 7)).extracting(Entry::getIndex).containsExactly(5L, 6L);
        assertThat(log.entries(5, 12, 2 * ENTRY_BYTES + 100)).hasSize(2);
        assertThat(reads).isEmpty();
    }

    @Test
    void whoReadsOnFindsTheNextWindowThere() throws Exception {
        append(2, 200, 1);
        append(202, 200, 1);
        assertRefused(2, 402);
        read();
        long next = 2;
        int refused = 0;
        while (next < 402) {
            try {
                next += entries(next, 402).size();
            } catch (EntriesTemporarilyUnavailableException e) {
                refused++;
            }
            read();
        }
        assertThat(refused).isZero();
    }

    @Test
    void windowsAreLimitedInNumberAndSize() throws Exception {
        for (long first = 2; first < 2002; first += 100) {
            append(first, 100, 1);
        }
        for (long low = 2; low < 2002; low += 100) {
            assertRefused(low, 2002);
        }
        assertThat(reads).hasSize(4);
        read();
        assertThat(entries(2, 2002).size()).isBetween(1, 64 * 1024 / ENTRY_BYTES);
    }

    @Test
    void entriesThatWereCutMeanwhileAreNotGiven() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        append(6, 3, 2);
        read();
        // What was read is neither of this log nor a part of it as it is now.
        while (!reads.isEmpty()) {
            read();
        }
        List<Entry> given;
        try {
            given = entries(2, 9);
        } catch (EntriesTemporarilyUnavailableException e) {
            read();
            given = entries(2, 9);
        }
        assertThat(given)
                .extracting(Entry::getTerm)
                .startsWith(1L, 1L, 1L, 1L)
                .doesNotContainSubsequence(1L, 1L, 1L, 1L, 1L);
    }

    @Test
    void windowOfALogThatIsCutLaterIsReadAnew() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        read();
        assertThat(entries(2, 12)).hasSize(10);
        append(6, 3, 2);
        assertRefused(2, 9);
        read();
        assertThat(entries(2, 9)).extracting(Entry::getTerm).containsExactly(1L, 1L, 1L, 1L, 2L, 2L, 2L);
    }

    @Test
    void readThatFailsEndsTheMember() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        disk.failWhen((operation, file) -> operation == Operation.READ);
        assertThatThrownBy(this::read).isInstanceOf(UncheckedIOException.class).hasMessageContaining(".wal");
    }

    @Test
    void readThatFailsBecauseTheLogWasCompactedMeanwhileDoesNot() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        storage.reader()
                .snapshotTaken(Snapshot.newBuilder()
                        .setMetadata(SnapshotMetadata.newBuilder()
                                .setIndex(11)
                                .setTerm(1)
                                .setConfState(ConfState.newBuilder().addVoters(1)))
                        .build());
        storage.reader().compact(11);
        log.shortened();
        disk.failWhen((operation, file) -> operation == Operation.READ);
        read();
        disk.heal();
        assertThatThrownBy(() -> entries(2, 12)).isInstanceOf(CompactedException.class);
    }

    @Test
    void whatIsReadWhenNobodyAsksAnyMoreIsDropped() throws Exception {
        append(2, 10, 1);
        assertRefused(2, 12);
        log.end();
        disk.failWhen((operation, file) -> operation == Operation.READ);
        read();
        disk.heal();
    }
}
