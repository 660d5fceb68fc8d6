package io.raftboot.replica.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.command.AppliedCommands;
import io.raftboot.replica.command.CommandInbox;
import io.raftboot.replica.command.LocalCommand;
import io.raftboot.replica.command.PendingCommands;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.read.ParkedReads;
import io.raftboot.replica.read.PendingRead;
import io.raftboot.replica.snapshot.SnapshotKind;
import io.raftboot.replica.snapshot.SnapshotMaker;
import io.raftboot.replica.snapshot.SnapshotSections;
import io.raftboot.replica.snapshot.SnapshotTrigger;
import io.raftboot.replica.snapshot.SnapshotWork;
import io.raftboot.replica.snapshot.Snapshots;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The apply stage, stepped by hand. */
class ApplyStageTests {
    private static final String NAME = "machine";
    private static final ConfState VOTERS =
            ConfState.newBuilder().addVoters(1).setAutoLeave(false).build();

    private final FakeClock clock = new FakeClock(1);
    private final MemberStorage storage = MemberStorage.open(
            new MemoryDisk(),
            Path.of("/data"),
            new IdentityRequest("raft", "default", 1, List.of(), false),
            StorageOptions.defaults());
    private final SystemMachine system = new SystemMachine(1);
    private final List<String> log = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final PendingCommands pending = new PendingCommands(1000, 0);
    private final Map<String, MachineSlot> machines = MachineSlot.byName(Map.of(NAME, new StubMachine() {
        @Override
        public byte[] apply(CommandContext context, byte[] command) throws Exception {
            // Fails where the thread was left interrupted.
            new CountDownLatch(0).await();
            onApply.run();
            log.add(new String(command, UTF_8));
            if (command.length == 0) {
                Thread.currentThread().interrupt();
            }
            return command;
        }

        @Override
        public byte[] query(byte[] query) throws Exception {
            new CountDownLatch(0).await();
            log.add("query");
            Thread.currentThread().interrupt();
            return query;
        }
    }));
    private final Links links = TestLinks.of(clock, Duration.ofSeconds(1), 7, new AppliedConfiguration(0, VOTERS));
    private Runnable onApply = () -> {};
    private Runnable onApplied = () -> {};
    private final ApplyStage stage = stage();

    ApplyStageTests() throws IOException, StorageOpenException {}

    private ApplyStage stage() {
        var policy = SnapshotPolicy.defaults();
        var config = ReplicaConfig.builder(Path.of("/data")).build();
        var all = new Machines(system, machines);
        return new ApplyStage(
                links,
                config,
                all,
                new Snapshots(
                        all,
                        storage.snapshots(),
                        new SnapshotMaker(storage.snapshots(), 1, Runnable::run, snapshot -> {}),
                        new SnapshotTrigger(policy, config.nodeId(), clock)),
                new ParkedReads(Runnable::run),
                new AppliedCommands(links.self(), pending, new CommandInbox(clock)),
                new ApplyEvents() {
                    @Override
                    public void applied(List<Message> responses) {
                        onApplied.run();
                    }

                    @Override
                    public void configurationChange(ConfChangeV2 change, long index) {}

                    @Override
                    public void membersChanged(Members members) {}
                });
    }

    @AfterEach
    void closeStorage() throws IOException {
        var unused = Thread.interrupted();
        storage.close();
    }

    private void entry(long index, String command) {
        var local = new LocalCommand(
                Envelope.newBuilder().setAskedCounter(index), Long.MAX_VALUE / 2, pending, null, (any, reason) -> {});
        pending.addOwn(local);
        var unused = local.future().thenAccept(outcomes::add);
        stage.entries(Message.newBuilder()
                .addEntries(entry(index, envelope(index, command)))
                .build());
    }

    private static Envelope.Builder envelope(long counter, String command) {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup("default")
                .setMachine(NAME)
                .setAskedMember(1)
                .setAskedRun(7)
                .setAskedCounter(counter)
                .setPayload(ByteString.copyFromUtf8(command));
    }

    private static Entry.Builder entry(long index, Envelope.Builder envelope) {
        return Entry.newBuilder()
                .setIndex(index)
                .setTerm(1)
                .setData(envelope.build().toByteString());
    }

    private PendingRead read(long index) {
        var read = new PendingRead(
                Objects.requireNonNull(machines.get(NAME)),
                new byte[0],
                ReadOptions.of(Consistency.LOCAL),
                clock.nanoTime() + 1_000_000_000);
        stage.answer(List.of(read), index);
        return read;
    }

    @Test
    void readIsAnsweredThoughThereIsAlwaysMoreToApply() throws Exception {
        onApplied = () -> {
            if (links.applied().index() < 10) {
                entry(links.applied().index() + 1, "next");
            }
        };
        read(1);
        entry(1, "first");
        stage.doWork();
        assertThat(log).startsWith("first", "query").hasSize(11);
    }

    @Test
    void snapshotThatANewerOneWaitsBehindIsNotRestored() throws Exception {
        SnapshotSections.capture(SnapshotKind.COMPLETE, system, machines)
                .writeTo(storage.snapshots(), 20, 2, VOTERS, new SnapshotWork());
        // The file of the older one was deleted meanwhile, as the log needs it no more.
        stage.install(Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(10).setTerm(1).setConfState(VOTERS))
                .setData(storage.snapshots().newest().orElseThrow().getData())
                .build());
        stage.install(storage.snapshots().newest().orElseThrow());
        stage.doWork();
        assertThat(links.applied().index()).isEqualTo(20);
        assertThat(stage.isInstalling()).isFalse();
    }

    @Test
    void interruptThatIsLeftBehindFailsNoOtherCommandAndNoQuery() throws Exception {
        entry(1, "");
        entry(2, "behind a command");
        var first = read(2);
        var second = read(2);
        entry(3, "behind a query");
        stage.doWork();
        assertThat(outcomes).hasSize(3).allSatisfy(outcome -> assertThat(outcome)
                .isInstanceOf(Outcome.Applied.class));
        assertThat(first.future().join()).isInstanceOf(ReadOutcome.Answered.class);
        assertThat(second.future().join()).isInstanceOf(ReadOutcome.Answered.class);
    }

    @Test
    void workThatFailsAtTheEndKeepsNothingElseFromIt() {
        stage.snapshotRequested(new CompletableFuture<>() {
            @Override
            public boolean complete(SnapshotOutcome outcome) {
                throw new IllegalStateException("whoever asked for the snapshot");
            }
        });
        var read = read(5);
        stage.end("the member stops");
        assertThat(read.isDone()).isTrue();
    }

    @Test
    void entryThatIsNotTheNextOneStopsTheStage() {
        entry(2, "out of its turn");
        assertThatThrownBy(stage::doWork).hasMessage("entry 2 was given to be applied behind entry 0");
        assertThat(log).isEmpty();
    }

    @Test
    void responsesAreDueOnceAllEntriesOfTheirMessageAreApplied() throws Exception {
        onApplied = () -> log.add("responses of " + links.applied().index());
        stage.entries(Message.newBuilder()
                .addEntries(entry(1, envelope(1, "a")))
                .addEntries(entry(2, envelope(2, "b")))
                .build());
        stage.entries(
                Message.newBuilder().addEntries(entry(3, envelope(3, "c"))).build());
        assertThat(stage.doWork()).isEqualTo(2);
        assertThat(log).containsExactly("a", "b", "responses of 2", "c", "responses of 3");
    }

    @Test
    void appliedPositionIsPublishedOnlyWhenTheCommandsUpToThereAreCompleted() throws Exception {
        onApply = () -> log.add("at " + links.applied().index());
        entry(1, "a");
        entry(2, "b");
        stage.doWork();
        assertThat(log).containsExactly("at 0", "a", "at 1", "b");
        assertThat(links.applied().now().term()).isEqualTo(1);
        assertThat(outcomes).hasSize(2);
    }

    @Test
    void outcomeIsForTheMemberAndTheRunThatAsked() throws Exception {
        var mine = new LocalCommand(
                Envelope.newBuilder().setAskedCounter(5), Long.MAX_VALUE / 2, pending, null, (any, reason) -> {});
        pending.addOwn(mine);
        stage.entries(Message.newBuilder()
                .addEntries(entry(1, envelope(5, "of another member").setAskedMember(2)))
                .addEntries(entry(2, envelope(5, "of another run").setAskedRun(8)))
                .build());
        stage.doWork();
        assertThat(log).containsExactly("of another member", "of another run");
        assertThat(mine.future()).isNotDone();
        stage.entries(
                Message.newBuilder().addEntries(entry(3, envelope(5, "mine"))).build());
        stage.doWork();
        assertThat(mine.future())
                .isCompletedWithValueMatching(
                        outcome -> outcome instanceof Outcome.Applied applied && applied.index() == 3);
    }

    @Test
    void readWaitsUntilWhatItHasToSeeIsApplied() throws Exception {
        var read = read(2);
        stage.doWork();
        entry(1, "a");
        stage.doWork();
        assertThat(read.isDone()).isFalse();
        entry(2, "b");
        stage.doWork();
        assertThat(log).containsExactly("a", "b", "query");
        assertThat(read.future())
                .isCompletedWithValueMatching(
                        outcome -> outcome instanceof ReadOutcome.Answered answered && answered.index() == 2);
    }

    @Test
    void readWhoseTimeIsUpSaysWhatIsMissing() throws Exception {
        var read = read(5);
        stage.doWork();
        clock.advanceMillis(999);
        stage.expire(clock.nanoTime());
        stage.doWork();
        assertThat(read.isDone()).isFalse();
        clock.advanceMillis(1);
        stage.expire(clock.nanoTime());
        stage.doWork();
        assertThat(read.future())
                .isCompletedWithValue(new ReadOutcome.Refused(
                        RefusalReason.TIMED_OUT,
                        "this member did not apply in time what the read has to see; its last applied entry is 0,"
                                + " and 5 is needed"));
        stage.expire(clock.nanoTime());
        assertThat(stage.doWork()).as("nobody waits").isZero();
    }

    @Test
    void entriesThatASnapshotCoversAreNotAppliedThoughTheyCameBeforeIt() throws Exception {
        SnapshotSections.capture(SnapshotKind.COMPLETE, system, machines)
                .writeTo(storage.snapshots(), 20, 2, VOTERS, new SnapshotWork());
        entry(1, "before");
        stage.doWork();
        entry(2, "covered");
        stage.install(storage.snapshots().newest().orElseThrow());
        entry(21, "behind");
        assertThat(stage.isInstalling()).isTrue();
        stage.doWork();
        assertThat(log).containsExactly("before", "behind");
        assertThat(links.applied().now().restoredIndex()).isEqualTo(20);
        assertThat(links.applied().index()).isEqualTo(21);
    }

    @Test
    void snapshotThatSomebodyAsksForIsOfAllThatIsAppliedAndOfTheConfigurationThen() throws Exception {
        stage.begin(Snapshot.getDefaultInstance(), false);
        var three = VOTERS.toBuilder().addVoters(2).addVoters(3).build();
        var five = three.toBuilder().addVoters(4).addVoters(5).build();
        entry(1, "a");
        entry(2, "b");
        stage.configured(new AppliedConfiguration(2, three));
        // Older than what is known, and of an entry that is not applied yet.
        stage.configured(new AppliedConfiguration(1, VOTERS));
        stage.configured(new AppliedConfiguration(9, five));
        var taken = new CompletableFuture<SnapshotOutcome>();
        stage.snapshotRequested(taken);
        stage.doWork();
        assertThat(taken)
                .isCompletedWithValueMatching(
                        outcome -> outcome instanceof SnapshotOutcome.Taken one && one.index() == 2);
        var metadata = storage.snapshots().newest().orElseThrow().getMetadata();
        assertThat(metadata.getIndex()).isEqualTo(2);
        assertThat(metadata.getConfState()).isEqualTo(three);
    }

    @Test
    void whoWatchesTheStageIsToldAtWhichCommandItIs() throws Exception {
        var told = new ArrayList<String>();
        onApply = () -> told.add(stage.presentWork());
        entry(1, "a");
        entry(2, "b");
        stage.doWork();
        assertThat(told)
                .containsExactly(
                        "the state machine 'machine' has been at the command at index 1",
                        "the state machine 'machine' has been at the command at index 2");
    }
}
