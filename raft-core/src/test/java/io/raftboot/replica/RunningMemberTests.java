package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.agent.SteppedHost;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.api.UnappliedEntryException;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.FaultDisk;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member from its start to its end, on a host without threads: the test is all of them. */
@Timeout(60)
class RunningMemberTests {
    private static final String MACHINE = "machine";
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final FakeClock clock = new FakeClock(1_000);
    private final SteppedHost host = new SteppedHost(clock, 1);
    private final FaultDisk disk = new FaultDisk(new MemoryDisk());
    private final RecordingTransport transport = new RecordingTransport();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<String> applied = new ArrayList<>();
    private String deadly = "";

    private RunningMember open(int voters) {
        var config = ReplicaConfig.builder(Path.of("/data"))
                .nodeId(1)
                .peers(LongStream.rangeClosed(1, voters)
                        .mapToObj(id -> new Peer(id, "host" + id, 7000))
                        .toList())
                .tickInterval(TICK)
                .build();
        var raftConfig = RaftConfig.builder()
                .id(1)
                .electionTicks(10)
                .heartbeatTicks(1)
                .preVote(true)
                .checkQuorum(true)
                .build();
        var machines = MachineSlot.byName(Map.of(MACHINE, new StubMachine() {
            @Override
            public byte[] apply(CommandContext context, byte[] command) {
                var text = new String(command, UTF_8);
                if (text.equals(deadly)) {
                    throw new StackOverflowError();
                }
                applied.add(text);
                return command;
            }
        }));
        var told = new ReplicaEvents(host, "events");
        told.addListener(new ReplicaListener() {
            @Override
            public void leadershipGranted(long term) {
                events.add("granted in term " + term);
            }

            @Override
            public void leadershipRevoked(long term) {
                events.add("revoked in term " + term);
            }
        });
        return MemberOpening.open(
                new GroupParts(config, raftConfig, machines, told),
                new ProcessParts(host, transport, disk),
                failures::add);
    }

    private RunningMember started(int voters) throws IOException {
        var member = open(voters);
        member.start(Carriers.THREE);
        host.settle();
        return member;
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            clock.advanceMillis(TICK.toMillis());
            host.ring();
            host.settle();
        }
    }

    private CompletableFuture<Outcome> submit(RunningMember member, String command) {
        return member.calls().submit(MACHINE, command.getBytes(UTF_8), command, null);
    }

    private void end(RunningMember member) throws InterruptedException {
        member.leave();
        assertThat(member.awaitStages(NEVER)).isTrue();
        var unused = member.answerAll("the member stops", true);
        assertThat(member.awaitReaders(NEVER)).isTrue();
        assertThat(member.awaitUsersOfTheDirectory(NEVER)).isTrue();
        member.close();
        host.settle();
    }

    @Test
    void nothingRunsBeforeTheStart() throws Exception {
        var member = open(1);
        host.settle();
        ticks(30);
        assertThat(host.carriers()).isEmpty();
        assertThatThrownBy(transport::listener).hasMessageContaining("was not started");
        assertThat(member.view().leaderId()).isZero();
        member.start(Carriers.THREE);
        assertThat(host.carriers()).hasSize(3);
        assertThat(transport.listener()).isNotNull();
        assertThat(member.view().leaderId()).as("its stages had no turn yet").isZero();
        host.settle();
        assertThat(member.view().ready()).isTrue();
        end(member);
    }

    @Test
    void memberThatIsAloneDoesWhatItIsAsked() throws Exception {
        var member = started(1);
        assertThat(member.singleVoter()).isTrue();
        assertThat(member.leads(member.view())).isTrue();
        var outcome = submit(member, "command");
        host.settle();
        assertThat(outcome).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        assertThat(applied).containsExactly("command");
        for (var consistency : Consistency.values()) {
            var read = member.calls().read(MACHINE, new byte[0], ReadOptions.of(consistency));
            host.settle();
            assertThat(read).as("%s", consistency).isCompletedWithValueMatching(ReadOutcome.Answered.class::isInstance);
        }
        var snapshot = member.calls().takeSnapshot();
        host.settle();
        assertThat(snapshot).isCompletedWithValueMatching(SnapshotOutcome.Taken.class::isInstance);
        end(member);
        assertThat(failures).isEmpty();
    }

    @Test
    void tickIsATickOfTheCoreAndOfAllThatLooksAtTheTime() throws Exception {
        var member = started(3);
        ticks(25);
        assertThat(transport.sent(MessageType.MSG_PRE_VOTE)).isNotEmpty();
        assertThat(transport.peers).containsOnlyKeys(2L, 3L);
        var command = member.calls().submit(MACHINE, new byte[0], "key", Duration.ofMillis(500));
        ticks(4);
        assertThat(command).isNotDone();
        ticks(5);
        assertThat(command)
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.NO_LEADER);
        end(member);
        int before = transport.batches.size();
        ticks(30);
        assertThat(transport.batches).as("sent behind the end").hasSize(before);
    }

    @Test
    void groupIsToldOfTheMemberOnceItHasALeader() throws Exception {
        var member = started(1);
        long before = member.configuration().index();
        ticks(2);
        var status = member.status(ReplicaState.RUNNING);
        host.settle();
        assertThat(status.join().appliedIndex())
                .as("the announcement is an entry")
                .isGreaterThan(before + 1);
        assertThat(status.join().role()).isEqualTo("leader");
        end(member);
    }

    @Test
    void drainWaitsForCommandsUnderWayAndNoLongerThanItMay() throws Exception {
        var member = started(1);
        host.carrier("raft-1").hold();
        var command = submit(member, "under way");
        member.drain(SHORT);
        assertThat(command).as("its stages have no turn").isNotDone();
        host.carrier("raft-1").letGo();
        member.drain(NEVER);
        assertThat(command).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        end(member);
    }

    @Test
    void drainDoesNotWaitWhereNobodyLeads() throws Exception {
        var member = started(3);
        var command = submit(member, "in vain");
        host.settle();
        member.drain(NEVER);
        assertThat(command).isNotDone();
        end(member);
        assertThat(command).isDone();
    }

    @Test
    void whoeverWaitsAtTheEndGetsAnAnswerAndWhoComesLaterGetsItAtOnce() throws Exception {
        var member = started(3);
        var command = submit(member, "waits");
        var read = member.calls().read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE);
        host.settle();
        var inTheInbox = submit(member, "waits in the inbox");
        var snapshot = member.calls().takeSnapshot();
        var transfer = member.calls().transferLeadership(null);
        end(member);
        var refused = new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member stops");
        assertThat(command).isCompletedWithValue(refused);
        assertThat(inTheInbox).isCompletedWithValue(refused);
        assertThat(read).isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, "the member stops"));
        assertThat(snapshot).isCompletedWithValue(new SnapshotOutcome.NotTaken("the member stops"));
        assertThat(transfer).isCompletedWithValueMatching(TransferOutcome.NotLeader.class::isInstance);

        assertThat(submit(member, "late"))
                .isCompletedWithValue(new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member has stopped"));
        assertThat(member.calls().read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE))
                .isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, "the member has stopped"));
        assertThat(member.calls().takeSnapshot())
                .isCompletedWithValue(new SnapshotOutcome.NotTaken("the member has stopped"));
        assertThat(member.calls().transferLeadership(null))
                .isCompletedWithValueMatching(TransferOutcome.NotLeader.class::isInstance);
    }

    @Test
    void whoeverWaitsIsAnsweredThoughAStageHangs() throws Exception {
        var member = started(1);
        host.carrier("raft-1").hold();
        var command = submit(member, "never seen");
        var read = member.calls().read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE);
        member.leave();
        assertThat(member.awaitStages(SHORT)).isFalse();
        var last = member.answerAll("the member stops", false);
        host.settle();
        assertThat(command).isCompletedWithValue(new Outcome.Refused(RefusalReason.NOT_RUNNING, "the member stops"));
        assertThat(read).isCompletedWithValue(new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, "the member stops"));
        assertThat(last).isNotNull();
        assertThat(member.awaitUsersOfTheDirectory(SHORT))
                .as("the stage may come on yet")
                .isFalse();
        host.carrier("raft-1").letGo();
        assertThat(member.awaitUsersOfTheDirectory(NEVER)).isTrue();
        member.close();
    }

    @Test
    void memberThatLedSaysThatItDoesNotAnyMore() throws Exception {
        var member = started(1);
        long term = member.view().term();
        assertThat(events).containsExactly("granted in term " + term);
        member.leave();
        assertThat(member.awaitStages(NEVER)).isTrue();
        var last = Objects.requireNonNull(member.answerAll("the member stops", true));
        host.settle();
        assertThat(events).containsExactly("granted in term " + term, "revoked in term " + term);
        assertThat(member.view().leaderId()).isZero();
        assertThat(last.role()).isEqualTo("follower");
        assertThat(last.leaderId()).isNull();
        member.close();
    }

    @Test
    void partThatFailsAtItsEndKeepsNothingElseFromEnding() throws Exception {
        var member = started(3);
        transport.onClose = () -> {
            throw new IllegalStateException("the transport");
        };
        var command = submit(member, "waits");
        member.leave();
        assertThat(transport.closed).isTrue();
        assertThat(host.carriers())
                .allSatisfy(carrier -> assertThat(carrier.isStopped()).isTrue());
        assertThat(host.timers().get(0).isStopped()).as("the ticker").isTrue();
        var unused = member.answerAll("the member stops", true);
        assertThat(command).isDone();
        for (var name : List.of("raft-1-snapshot", "raft-1-read", "raft-1-space", "raft-1-fetch")) {
            assertThat(host.worker(name).isStopped()).as(name).isTrue();
        }
        disk.failWhen((operation, file) -> operation == Operation.WRITE || operation == Operation.FORCE);
        assertThat(member.awaitUsersOfTheDirectory(NEVER)).isTrue();
        member.close();
        disk.heal();
        var next = open(3);
        end(next);
    }

    @Test
    void directoryIsFreeOnceTheMemberIsClosedAndNotBefore() throws Exception {
        var member = started(1);
        assertThatThrownBy(() -> open(1))
                .isInstanceOfSatisfying(ReplicaStartException.class, refused -> assertThat(refused.problem())
                        .isEqualTo(ReplicaStartException.Problem.DIRECTORY_LOCKED));
        var kept = submit(member, "kept");
        host.settle();
        assertThat(kept).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        end(member);
        applied.clear();
        var next = started(1);
        assertThat(applied).containsExactly("kept");
        end(next);
    }

    @Test
    void diskThatFailsHaltsAllStagesAndIsToldOnce() throws Exception {
        var member = started(1);
        disk.failWhen((operation, file) -> operation == Operation.FORCE);
        var command = submit(member, "not durable");
        host.settle();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("injected"));
        assertThat(host.carriers())
                .allSatisfy(carrier -> assertThat(carrier.isStopped()).isTrue());
        assertThat(host.timers().get(0).isStopped()).as("the ticker").isTrue();
        assertThat(command).isNotDone();
        end(member);
        assertThat(command)
                .as("what was written of it is unknown")
                .isCompletedWithValue(new Outcome.Unknown("the member stops"));
        assertThat(applied).isEmpty();
    }

    @Test
    void commandThatThisMemberCannotApplyHaltsAllStagesAndIsNamed() throws Exception {
        deadly = "deadly";
        var member = started(1);
        var before = submit(member, "before");
        host.settle();
        var command = submit(member, deadly);
        host.settle();
        assertThat(before).isCompletedWithValueMatching(Outcome.Applied.class::isInstance);
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(UnappliedEntryException.class));
        assertThat(host.carriers())
                .allSatisfy(carrier -> assertThat(carrier.isStopped()).isTrue());
        end(member);
        assertThat(command).isCompletedWithValue(new Outcome.Unknown("the member stops"));
        assertThat(applied).containsExactly("before");
    }
}
