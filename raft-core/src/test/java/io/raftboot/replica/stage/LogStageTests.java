package io.raftboot.replica.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.FakeClock;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import io.raftboot.storage.log.LogUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log stage, stepped by hand, over a disk that says when it is forced. The log begins behind index 1. */
class LogStageTests {
    private static final ConfState VOTERS = ConfState.newBuilder().addVoters(1).build();

    private final FakeClock clock = new FakeClock(1);
    private final FaultDisk disk = new FaultDisk(new MemoryDisk());
    private final MemberStorage storage = MemberStorage.open(
            disk,
            Path.of("/data"),
            new IdentityRequest("raft", "default", 1, List.of(), false),
            StorageOptions.defaults().withBackground(Runnable::run));
    private final List<Told> told = new ArrayList<>();
    private Runnable onDurable = () -> {};
    private final List<String> measured = new ArrayList<>();
    private final MemberMeter meter = new MemberMeter() {
        @Override
        public void forced(int entries, long nanos) {
            measured.add(entries + " entries in " + nanos);
        }
    };
    private final LogStage stage = new LogStage(storage.writer(), this::durable, clock, meter);
    private int forces;
    private Runnable onForce = () -> {};

    private record Told(LogUpdate update, List<Snapshot> installed, List<Long> responses, List<Snapshot> taken) {}

    LogStageTests() throws Exception {
        disk.failWhen((operation, file) -> {
            if (operation == Operation.FORCE && file.toString().endsWith(".wal")) {
                forces++;
                onForce.run();
            }
            return false;
        });
    }

    private void durable(LogUpdate update, List<Snapshot> installed, List<Message> responses, List<Snapshot> taken) {
        told.add(new Told(
                update,
                List.copyOf(installed),
                responses.stream().map(Message::getIndex).toList(),
                List.copyOf(taken)));
        onDurable.run();
    }

    @AfterEach
    void closeStorage() throws IOException {
        disk.heal();
        storage.close();
    }

    /** Entries of term 1 from one index to another, and one response for each. */
    private static Message.Builder append(long first, long last) {
        var message = Message.newBuilder();
        for (long index = first; index <= last; index++) {
            message.addEntries(Entry.newBuilder().setIndex(index).setTerm(1));
            message.addResponses(Message.newBuilder().setIndex(index));
        }
        return message;
    }

    private static Snapshot snapshot(long index) {
        return Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(index).setTerm(1).setConfState(VOTERS))
                .build();
    }

    @Test
    void allThatQueuedUpGoesUnderOneForceAndIsAnsweredInItsOrder() throws Exception {
        stage.append(append(2, 3).build());
        stage.append(append(4, 4).build());
        stage.append(append(5, 7).build());
        assertThat(stage.doWork()).isEqualTo(3);
        assertThat(forces).isEqualTo(1);
        assertThat(told).hasSize(1);
        assertThat(told.get(0).responses()).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        storage.reader().advance(told.get(0).update());
        assertThat(storage.reader().lastIndex()).isEqualTo(7);
    }

    @Test
    void eachForceIsMeasuredWithWhatItCovers() throws Exception {
        onForce = () -> clock.advanceMillis(7);
        stage.append(append(2, 3).build());
        stage.append(append(4, 4).build());
        int unused = stage.doWork();
        stage.append(append(5, 5).build());
        unused = stage.doWork();
        assertThat(measured).containsExactly("3 entries in 7000000", "1 entries in 7000000");
    }

    @Test
    void whatComesWhileTheDiskIsAtWorkMakesTheNextBatch() throws Exception {
        onForce = () -> {
            if (forces == 1) {
                stage.append(append(3, 3).build());
                stage.append(append(4, 4).build());
            }
        };
        stage.append(append(2, 2).build());
        assertThat(stage.doWork()).isEqualTo(1);
        assertThat(stage.doWork()).isEqualTo(2);
        assertThat(stage.doWork()).isZero();
        assertThat(forces).isEqualTo(2);
        assertThat(told).extracting(Told::responses).containsExactly(List.of(2L), List.of(3L, 4L));
    }

    @Test
    void nothingIsToldBeforeItIsForced() throws Exception {
        onForce = () -> assertThat(told).isEmpty();
        stage.append(append(2, 2).build());
        stage.doWork();
        assertThat(told).hasSize(1);
    }

    @Test
    void diskThatFailsEndsTheStageAndNothingIsCalledDurable() {
        disk.failWhen((operation, file) -> operation == Operation.FORCE);
        stage.append(append(2, 2).build());
        assertThatThrownBy(stage::doWork).isInstanceOf(IOException.class).hasMessageContaining("injected");
        assertThat(told).isEmpty();
        disk.heal();
        stage.append(append(3, 3).build());
        assertThatThrownBy(stage::doWork).isInstanceOf(IOException.class);
        assertThat(told).isEmpty();
    }

    @Test
    void termVoteAndCommitOfAMessageAreDurableWithItsEntries() throws Exception {
        stage.append(append(2, 2).setTerm(3).setVote(2).setCommit(1).build());
        stage.append(append(3, 3).build());
        stage.doWork();
        storage.reader().advance(told.get(0).update());
        assertThat(storage.reader().initialState().hardState())
                .as("the second message says nothing of it")
                .isEqualTo(HardState.newBuilder()
                        .setTerm(3)
                        .setVote(2)
                        .setCommit(1)
                        .build());
    }

    @Test
    void snapshotsThatAreInstalledAndThoseThatWereTakenAreToldApart() throws Exception {
        var installed = snapshot(10);
        var taken = snapshot(11);
        stage.append(append(2, 2).build());
        stage.append(Message.newBuilder()
                .setSnapshot(installed)
                .addResponses(Message.newBuilder().setIndex(10))
                .build());
        stage.append(append(11, 12).build());
        stage.taken(taken);
        stage.doWork();
        assertThat(forces).isEqualTo(1);
        assertThat(told.get(0).installed()).containsExactly(installed);
        assertThat(told.get(0).taken()).containsExactly(taken);
        assertThat(told.get(0).responses()).containsExactly(2L, 10L, 11L, 12L);
    }

    /** The log refuses to let go of what lies behind the newest snapshot that it knows. */
    @Test
    void entriesAreReleasedBehindWhatIsAppendedHoweverTheyQueuedUp() throws Exception {
        stage.release(4);
        stage.release(3);
        stage.append(append(2, 6).build());
        stage.taken(snapshot(4));
        assertThat(stage.doWork()).isEqualTo(4);
        assertThat(told).hasSize(1);
        assertThatThrownBy(() -> {
                    stage.release(5);
                    stage.doWork();
                })
                .hasMessageContaining("the newest snapshot is at 4");
    }

    @Test
    void releaseAloneForcesNothingAndTellsNobody() throws Exception {
        stage.release(1);
        assertThat(stage.doWork()).isEqualTo(1);
        assertThat(forces).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void watchdogSeesForHowLongTheDiskHasBeenAtItsWork() throws Exception {
        var seen = new ArrayList<Long>();
        onForce = () -> {
            seen.add(stage.underWayNanos());
            clock.advanceMillis(70);
            seen.add(stage.underWayNanos());
        };
        onDurable = () -> seen.add(stage.underWayNanos());
        clock.advanceMillis(5);
        stage.append(append(2, 2).build());
        assertThat(stage.underWayNanos()).as("before it has begun").isZero();
        stage.doWork();
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).as("never as if nothing were under way").isPositive();
        assertThat(seen.get(1)).isCloseTo(70_000_000L, within(1L));
        assertThat(seen.get(2)).as("while it is told").isZero();
    }
}
