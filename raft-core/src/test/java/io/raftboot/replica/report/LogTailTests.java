package io.raftboot.replica.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.report.LogEntry;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import io.raftboot.storage.log.LogWrite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log that the test writes; it is the raft stage as well, and whoever reads what is in the entries. */
class LogTailTests {
    private static final int KIB = 1024;

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());
    private final FakeClock clock = new FakeClock(0);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<TimedCall> timed = new ArrayList<>();
    private Executor readers = Runnable::run;
    private boolean hangs;
    private boolean failsToTellNames;
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
                storage.reader(),
                MachineSlot.byName(Map.of("machine", new NamingMachine())),
                new Stage(),
                task -> readers.execute(task),
                timed::add,
                TestLinks.of(clock, 1_000).self());
    }

    private final class NamingMachine extends StubMachine {
        @Override
        public Set<String> commandNames() {
            if (failsToTellNames) {
                throw new IllegalStateException("no names now");
            }
            return Set.of("short", "long");
        }

        @Override
        public String commandName(InputStream command) throws IOException {
            int sizeBytes = command.readAllBytes().length;
            if (sizeBytes == 0) {
                throw new AssertionError("a command without a byte");
            }
            return sizeBytes < KIB ? "short" : "long";
        }
    }

    private final class Stage implements LogTail.RaftStage {
        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public boolean hangs() {
            return hangs;
        }
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
        work();
        assertThat(newest).isCompleted();
        return Objects.requireNonNull(newest.join());
    }

    private void work() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
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

    @Test
    void entriesThatTheStateMachineFailsToNameAreShownWithoutAName() throws Exception {
        append(1, 1);
        append(1, 0);
        append(1, KIB);
        assertThat(newest()).extracting(LogEntry::command).containsExactly("long", "", "short");
        failsToTellNames = true;
        assertThat(newest()).extracting(LogEntry::command).containsExactly("", "", "");
    }

    @Test
    void questionIsUnderWayOnceHoweverManyAsk() throws Exception {
        append(1, KIB);
        var first = tail.newest();
        var second = tail.newest();
        assertThat(tasks).hasSize(1);
        work();
        assertThat(first.join()).hasSize(1).isEqualTo(second.join());

        var reading = new ArrayDeque<Runnable>();
        readers = reading::add;
        first = tail.newest();
        work();
        second = tail.newest();
        assertThat(tasks).as("the entries are still being read").isEmpty();
        reading.remove().run();
        assertThat(first.join()).hasSize(1).isEqualTo(second.join());
        readers = Runnable::run;
        assertThat(newest()).hasSize(1);
    }

    @Test
    void stageThatHangsIsAskedNothingMoreAndWhoWaitsForItIsTold() {
        var before = tail.newest();
        assertThat(before).isNotCompleted();
        hangs = true;
        assertThat(tail.newest()).isCompletedWithValue(null);
        assertThat(tasks).hasSize(1);
        assertThat(timed).singleElement().satisfies(call -> {
            assertThat(call.deadlineNanos()).isEqualTo(1_000_000_000L);
            call.giveUp("");
        });
        assertThat(before).isCompletedWithValue(null);
        hangs = false;
        assertThat(tail.newest()).isNotCompleted();
        assertThat(tasks).as("it comes to the question that it was asked").hasSize(1);
        assertThat(newest()).isEmpty();
    }
}
