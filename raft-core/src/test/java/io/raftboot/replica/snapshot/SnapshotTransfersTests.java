package io.raftboot.replica.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LogLines;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of transfers that arrive, break off, or are of no use. */
class SnapshotTransfersTests {
    private final FakeClock clock = new FakeClock(0);
    private MemberStorage storage;
    private SnapshotStore store;
    private SnapshotTransfers transfers;

    @BeforeEach
    void open() throws Exception {
        storage = MemberStorage.open(
                new MemoryDisk(),
                Path.of("/member"),
                new IdentityRequest("raft", "default", 1, List.of(), false),
                StorageOptions.defaults());
        store = storage.snapshots();
        transfers = new SnapshotTransfers(store, clock);
    }

    @AfterEach
    void close() throws IOException {
        storage.close();
    }

    private Snapshot snapshot(long index) throws IOException {
        var writer = store.create(index, 1, ConfState.newBuilder().addVoters(1).build());
        return writer.commit();
    }

    @Test
    void whatBrokeOffIsGivenAgainAndItsFileKept() throws IOException {
        var first = snapshot(10);
        var transfer = transfers.begin(2, first);
        assertThat(transfers.brokenOff()).as("under way").isNull();
        transfer.read(5);
        transfers.brokeOff(2, transfer);
        snapshot(20);
        store.neededByLog(snapshot(30));
        store.retain(1);
        assertThat(transfers.brokenOff()).isEqualTo(first);
        store.pin(first).close();
        var again = transfers.begin(2, first);
        assertThat(transfers.brokenOff()).isNull();
        transfers.arrived(2, again);
        store.retain(1);
        assertThat(store.newest().map(newest -> newest.getMetadata().getIndex()))
                .contains(30L);
        assertThat(transfers.brokenOff()).isNull();
    }

    @Test
    void whatCanNotBeReadIsNotGivenAgain() throws IOException {
        var transfer = transfers.begin(2, snapshot(10));
        transfer.unreadable();
        transfers.brokeOff(2, transfer);
        assertThat(transfer.isUnreadable()).isTrue();
        assertThat(transfers.brokenOff()).isNull();
    }

    @Test
    void whatIsOfNoUseAnyMoreIsGivenUp() throws IOException {
        var transfer = transfers.begin(2, snapshot(10));
        transfers.keepOnly((id, index) -> false);
        transfers.brokeOff(2, transfer);
        assertThat(transfers.brokenOff()).as("it was under way").isNotNull();
        transfers.keepOnly((id, index) -> id == 2 && index == 10);
        assertThat(transfers.brokenOff()).isNotNull();
        transfers.keepOnly((id, index) -> false);
        assertThat(transfers.brokenOff()).isNull();
    }

    @Test
    void fileThatIsNotAcceptedIsNotSentForEver() throws IOException {
        var snapshot = snapshot(10);
        for (int i = 0; i < 2; i++) {
            assertThat(transfers.brokenOff()).isEqualTo(i == 0 ? null : snapshot);
            var transfer = transfers.begin(2, snapshot);
            transfer.read(SnapshotStore.sizeBytes(snapshot));
            transfers.brokeOff(2, transfer);
        }
        assertThat(transfers.brokenOff()).isNull();
    }

    @Test
    void lateEndOfAnotherTransferChangesNothing() throws IOException {
        var former = transfers.begin(2, snapshot(10));
        var newer = snapshot(20);
        var transfer = transfers.begin(2, newer);
        transfers.brokeOff(2, former);
        assertThat(transfers.brokenOff()).isNull();
        transfers.brokeOff(2, transfer);
        assertThat(transfers.brokenOff()).isEqualTo(newer);
    }

    @Test
    void headwayIsThatOfTheLastRead() throws IOException {
        var transfer = transfers.begin(2, snapshot(10));
        clock.advanceMillis(500);
        assertThat(transfers.headwayNanos(2)).isZero();
        transfer.read(1);
        assertThat(transfers.headwayNanos(2)).isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void secondSnapshotInARowIsWarnedOfOnce() throws IOException {
        try (var log = LogLines.of(SnapshotTransfers.class)) {
            for (long index = 10; index <= 40; index += 10) {
                transfers.arrived(2, transfers.begin(2, snapshot(index)));
                clock.advanceMillis(1_000);
            }
            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("WARN node 2 needs another snapshot, 1 s after it got one")
                    .contains("raft.snapshot.max-kept-log"));
            clock.advanceMillis(Duration.ofMinutes(10).toMillis());
            transfers.arrived(2, transfers.begin(2, snapshot(50)));
            assertThat(log.lines()).as("not in a row").hasSize(1);
            transfers.begin(2, snapshot(60));
            assertThat(log.lines()).as("a row of its own").hasSize(2);
        }
    }
}
