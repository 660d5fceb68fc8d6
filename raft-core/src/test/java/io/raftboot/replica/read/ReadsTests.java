package io.raftboot.replica.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.SteppedHost;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.TimedCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The queries of the callers of member 1, which follows node 2, between a core and an apply stage that the test plays. */
class ReadsTests {
    private static final String MACHINE = "machine";
    private static final long ROOM_BYTES = 2_000;

    private final FakeClock clock = new FakeClock(0);
    private final Links links = TestLinks.of(clock, 1000);
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(new SteppedHost(clock, 1), "events"));
    private final List<ByteString> rounds = new ArrayList<>();
    private final List<TimedCall> timed = new ArrayList<>();

    /** What the apply stage was given, by the index that it has to have applied. */
    private final TreeMap<Long, List<PendingRead>> given = new TreeMap<>();

    private final List<Long> expired = new ArrayList<>();
    private final Reads reads = new Reads(
            links,
            ReplicaConfig.builder(Path.of("/data")).maxPendingBytes(ROOM_BYTES).build(),
            MachineSlot.byName(Map.of(MACHINE, new StubMachine())),
            router(),
            apply(),
            timed::add);

    private ReadRouter router() {
        var core = new ReadCore() {
            @Override
            public BasicStatus basicStatus() {
                return new BasicStatus(1, HardState.getDefaultInstance(), new SoftState(2, RaftRole.FOLLOWER), 0, 0);
            }

            @Override
            public void readIndex(ByteString context) {
                rounds.add(context);
            }
        };
        var conditions =
                new LeaseConditions(1, LeaseConditions.Setting.OFF, ConfState::getDefaultInstance, id -> false);
        var lease = new LeaderLease(Duration.ofSeconds(1), Duration.ofMillis(50));
        return new ReadRouter(links.self(), core, leadership, conditions, lease, apply());
    }

    private AppliedReads apply() {
        return new AppliedReads() {
            @Override
            public void answer(List<PendingRead> answered, long index) {
                given.computeIfAbsent(index, any -> new ArrayList<>()).addAll(answered);
            }

            @Override
            public void expire(long nowNanos) {
                expired.add(nowNanos);
            }
        };
    }

    private CompletableFuture<ReadOutcome> read(Consistency consistency, int bytes) {
        return reads.read(MACHINE, new byte[bytes], ReadOptions.of(consistency));
    }

    private void followNode2() {
        leadership.update(new SoftState(2, RaftRole.FOLLOWER), 3);
        reads.leaderChanged();
    }

    private static void assertRefused(CompletableFuture<ReadOutcome> read, RefusalReason reason) {
        assertThat(read)
                .isCompletedWithValueMatching(
                        outcome -> outcome instanceof ReadOutcome.Refused refused && refused.reason() == reason);
    }

    @Test
    void localReadGoesToTheApplyStageAtOnceAndSeesWhatItWants() {
        var options = ReadOptions.of(Consistency.LOCAL).withMinIndex(7);
        var read = reads.read(MACHINE, new byte[0], options);
        assertThat(given).containsOnlyKeys(7L);
        assertThat(timed).as("its end is looked after").hasSize(1);
        assertThat(read).isNotDone();
        reads.step();
        assertThat(rounds).isEmpty();
    }

    @Test
    void linearizableReadWaitsForALeaderAndForTheRoundThatItConfirms() {
        var first = read(Consistency.LINEARIZABLE, 0);
        reads.step();
        assertThat(rounds).as("without a leader").isEmpty();
        followNode2();
        reads.step();
        assertThat(rounds).hasSize(1);
        var later = read(Consistency.LINEARIZABLE, 0);
        reads.step();
        assertThat(rounds).as("one at a time").hasSize(1);
        reads.answered(new ReadState(5, rounds.get(0)));
        assertThat(given).containsOnlyKeys(5L);
        assertThat(given.get(5L))
                .as("not what came behind the start of the round")
                .hasSize(1);
        reads.step();
        reads.answered(new ReadState(6, rounds.get(1)));
        assertThat(given).containsOnlyKeys(5L, 6L);
        assertThat(first).isNotDone();
        assertThat(later).isNotDone();
    }

    @Test
    void roundThatALeaderLeftUnansweredIsAskedAnewOfTheNext() {
        followNode2();
        var unused = read(Consistency.LINEARIZABLE, 0);
        reads.step();
        leadership.update(new SoftState(3, RaftRole.FOLLOWER), 4);
        reads.leaderChanged();
        reads.step();
        assertThat(rounds).hasSize(2).doesNotHaveDuplicates();
        reads.answered(new ReadState(5, rounds.get(0)));
        assertThat(given).as("an answer to the round that was given up").isEmpty();
        reads.answered(new ReadState(6, rounds.get(1)));
        assertThat(given).containsOnlyKeys(6L);
    }

    @Test
    void queryForAMachineThatIsNotThereIsRefusedByName() {
        assertThat(reads.read("nothing", new byte[0], ReadOptions.LINEARIZABLE))
                .isCompletedWithValue(new ReadOutcome.Refused(
                        RefusalReason.UNKNOWN_MACHINE, "there is no state machine 'nothing'; there is [machine]"));
        assertThat(timed).isEmpty();
    }

    @Test
    void readTakesItsRoomUntilNoStageHoldsItThoughItsCallerIsGone() {
        var held = read(Consistency.LOCAL, 1_000);
        assertRefused(read(Consistency.LOCAL, 1_000), RefusalReason.OVERLOADED);
        timed.get(0).giveUp("");
        assertRefused(held, RefusalReason.TIMED_OUT);
        assertRefused(read(Consistency.LOCAL, 1_000), RefusalReason.OVERLOADED);
        given.firstEntry().getValue().get(0).letGo();
        assertThat(read(Consistency.LOCAL, 1_000)).isNotDone();
    }

    @Test
    void tickEndsTheReadsWhoseTimeIsUpHereAndOnTheApplyStage() {
        var waits = reads.read(MACHINE, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(10)));
        reads.step();
        clock.advanceMillis(9);
        reads.tick(clock.nanoTime());
        assertThat(waits).isNotDone();
        clock.advanceMillis(1);
        reads.tick(clock.nanoTime());
        assertRefused(waits, RefusalReason.NO_LEADER);
        assertThat(expired).containsExactly(9_000_000L, 10_000_000L);
    }

    @Test
    void endAnswersWhatWaitsForALeaderAndWhatWaitsForARound() {
        var waits = read(Consistency.LINEARIZABLE, 0);
        reads.step();
        followNode2();
        reads.step();
        var arrived = read(Consistency.LINEARIZABLE, 0);
        reads.end("the member stops");
        var refused = new ReadOutcome.Refused(RefusalReason.NOT_RUNNING, "the member stops");
        assertThat(waits).isCompletedWithValue(refused);
        assertThat(arrived).isCompletedWithValue(refused);
    }

    @Test
    void whatComesToAMemberThatTakesNoMoreIsRefusedAtOnce() {
        reads.takeNoMore();
        assertRefused(read(Consistency.LINEARIZABLE, 0), RefusalReason.NOT_RUNNING);
        assertRefused(read(Consistency.LOCAL, 0), RefusalReason.NOT_RUNNING);
    }
}
