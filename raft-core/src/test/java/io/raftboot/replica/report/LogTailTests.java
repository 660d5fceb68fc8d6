package io.raftboot.replica.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.report.LogEntry;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import io.raftboot.storage.log.LogWrite;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log that the test writes; it is the raft stage as well, and whoever reads what is in the entries. */
class LogTailTests {
    private static final int KIB = 1024;

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private MemberStorage storage = open(StorageOptions.defaults());
    private LogTail tail = tail();

    private MemberStorage open(StorageOptions options) {
        try {
            return MemberStorage.open(
                    disk,
                    Path.of("/data"),
                    new IdentityRequest("test", "default", 1, List.of(), false),
                    options.withBackground(Runnable::run));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private LogTail tail() {
        return new LogTail(
                storage.reader(), MachineSlot.byName(Map.of("machine", new StubMachine())), tasks::add, Runnable::run);
    }

    private void reopen(StorageOptions options) throws Exception {
        storage.close();
        storage = open(options);
        tail = tail();
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
    }

    /** Appends commands that are forced together. */
    private void append(int count, int payloadBytes) throws Exception {
        var entries = new ArrayList<Entry>();
        long first = storage.reader().lastIndex() + 1;
        for (int i = 0; i < count; i++) {
            var envelope =
                    Envelope.newBuilder().setMachine("machine").setPayload(ByteString.copyFrom(new byte[payloadBytes]));
            entries.add(Entry.newBuilder()
                    .setIndex(first + i)
                    .setTerm(1)
                    .setData(envelope.build().toByteString())
                    .build());
        }
        storage.reader().advance(storage.writer().append(List.of(LogWrite.entries(null, entries))));
    }

    private List<LogEntry> newest() {
        var newest = tail.newest();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        assertThat(newest).isCompleted();
        return newest.join();
    }

    private static List<Long> indexes(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::index).toList();
    }

    @Test
    void entriesThatWereForcedTogetherAreLimitedByTheirBytesToo() throws Exception {
        append(40, 100 * KIB);
        assertThat(indexes(newest())).containsExactly(41L, 40L);
        append(1, 300 * KIB);
        assertThat(indexes(newest())).as("one is shown, whatever it has").containsExactly(42L);
        append(60, 1);
        assertThat(newest()).hasSize(LogTail.MAX_ENTRIES);
    }

    @Test
    void newestAreShownThoughOlderOnesAreNotInMemory() throws Exception {
        reopen(StorageOptions.defaults().withCacheSizeBytes(8 * KIB));
        append(30, KIB);
        assertThat(indexes(newest())).hasSizeBetween(5, 8).startsWith(31L, 30L);
    }

    @Test
    void diskIsNotAskedForWhatNobodyButTheOnlookerWants() throws Exception {
        append(10, KIB);
        reopen(StorageOptions.defaults());
        disk.failWhen((operation, file) -> operation == Operation.READ || operation == Operation.OPEN);
        assertThat(newest()).isEmpty();
        append(2, KIB);
        assertThat(indexes(newest())).containsExactly(13L, 12L);
        assertThat(disk.failures()).isEmpty();
    }
}
