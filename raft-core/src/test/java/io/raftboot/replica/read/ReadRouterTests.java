package io.raftboot.replica.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.NodeIds;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.read.LeaseConditions.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Node 1, which leads in term 4 with an election timeout of 1000 ms and ticks of 50 ms, so that a lease is of 800 ms. */
class ReadRouterTests {
    private static final long TERM = 4;
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

    private final FakeClock clock = new FakeClock(0);
    private final List<ByteString> rounds = new ArrayList<>();
    private final Map<PendingRead, Long> answered = new HashMap<>();
    private final Set<Long> loyal = new HashSet<>(Set.of(2L, 3L));
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
    private ConfState configuration =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();
    private SoftState softState = new SoftState(1, RaftRole.LEADER);
    private long term = TERM;
    private long commitIndex = 70;
    private ReadRouter router = router(Setting.ON);

    ReadRouterTests() {
        leadership.update(softState, TERM);
        leadership.becomeReady(TERM, () -> 0);
    }

    private ReadRouter router(Setting setting) {
        return new ReadRouter(
                TestLinks.of(clock, ELECTION_TIMEOUT.toMillis()).self(),
                new StubCore(),
                leadership,
                new LeaseConditions(1, setting, () -> configuration, loyal::contains),
                new LeaderLease(ELECTION_TIMEOUT, Duration.ofMillis(50)),
                new StubAnswers());
    }

    private final class StubCore implements ReadCore {
        @Override
        public BasicStatus basicStatus() {
            return status();
        }

        @Override
        public void readIndex(ByteString context) {
            rounds.add(context);
        }
    }

    private final class StubAnswers implements AppliedReads {
        @Override
        public void answer(List<PendingRead> reads, long index) {
            reads.forEach(read -> answered.put(read, index));
        }

        @Override
        public void expire(long nowNanos) {}
    }

    private BasicStatus status() {
        return new BasicStatus(
                1,
                HardState.newBuilder().setTerm(term).setCommit(commitIndex).build(),
                softState,
                commitIndex,
                NodeIds.NONE);
    }

    @Test
    void readByLeaseNeedsNoRoundAndSeesTheCommitIndexOfItsOwnTime() {
        takeLease();
        commitIndex = 90;
        clock.advanceMillis(300);
        var read = read(ReadOptions.of(Consistency.LEASE));
        assertThat(answered).containsEntry(read, 90L);
        assertThat(rounds).hasSize(1);
    }

    @Test
    void readWithoutALeaseIsALinearizableOne() {
        var read = read(ReadOptions.of(Consistency.LEASE));
        assertThat(answered).isEmpty();
        answerRound(0, 70);
        assertThat(answered).containsEntry(read, 70L);
    }

    @Test
    void leaderThatHearsNobodyStopsBeforeAnotherCanBeElected() {
        takeLease();
        clock.advanceMillis(799);
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));
        clock.advanceMillis(1);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void wallClockThatJumpsNeitherProlongsALeaseNorEndsIt() {
        takeLease();
        clock.setWallMillis(Duration.ofHours(1).toMillis());
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));

        clock.advanceMillis(800);
        clock.setWallMillis(0);

        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void leaseCountsFromTheStartOfItsRoundHoweverLateTheAnswersCome() {
        read(ReadOptions.LINEARIZABLE);
        clock.advanceMillis(400);
        answerRound(0, 70);
        clock.advanceMillis(399);
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));
        clock.advanceMillis(1);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void leaseThatIsHalfOverIsRenewedWithoutAReadHavingToWait() {
        takeLease();
        clock.advanceMillis(400);
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));
        assertThat(rounds).hasSize(2);
        answerRound(1, 70);
        clock.advanceMillis(799);
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void pauseOfTheProcessVoidsTheLease() {
        takeLease();
        clock.advanceMillis(10);
        router.paused(clock.nanoTime());
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void orderToTakeOverVoidsLeasesForTheRestOfTheTerm() {
        takeLease();
        router.sending(Message.newBuilder()
                .setType(MessageType.MSG_TIMEOUT_NOW)
                .setTerm(TERM)
                .setTo(2)
                .build());
        var first = read(ReadOptions.of(Consistency.LEASE));
        assertThat(answered).doesNotContainKey(first);
        answerRound(1, 70);
        assertThat(answered).containsKey(first);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void leaseEndsWithTheOffice() {
        takeLease();
        softState = new SoftState(0, RaftRole.FOLLOWER);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void roundOfAnEarlierOfficeGivesNoLease() {
        read(ReadOptions.LINEARIZABLE);
        term = TERM + 2;
        leadership.update(softState, term);
        leadership.becomeReady(term, () -> 0);
        answerRound(0, 70);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void leaderThatHasNotAppliedAnEntryOfItsTermHasNone() {
        takeLease();
        leadership.update(softState, TERM + 1);
        term = TERM + 1;
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
        assertThat(rounds).as("it does not ask either").hasSize(1);
    }

    @Test
    void everyVoterOfAJointConfigurationHasToKeepLeases() {
        takeLease();
        configuration = ConfState.newBuilder()
                .addVoters(1)
                .addVoters(2)
                .addVotersOutgoing(1)
                .addVotersOutgoing(3)
                .build();
        assertThat(answered).containsKey(read(ReadOptions.of(Consistency.LEASE)));
        configuration = configuration.toBuilder().addVotersOutgoing(4).build();
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void memberThatKeepsNoneLeavesTheLeaderNone() {
        loyal.remove(3L);
        read(ReadOptions.LINEARIZABLE);
        answerRound(0, 70);
        loyal.add(3L);
        assertThat(answered).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
    }

    @Test
    void withoutLeasesOrCheckQuorumEveryReadIsLinearizable() {
        for (Setting setting : List.of(Setting.of(false, true), Setting.of(true, false))) {
            rounds.clear();
            router = router(setting);
            takeLease();
            assertThat(answered).as("%s", setting).doesNotContainKey(read(ReadOptions.of(Consistency.LEASE)));
        }
    }

    @Test
    void localReadIsAnsweredAtOnceIfTheStateIsKnownToBeNewEnough() {
        takeLease();
        clock.advanceMillis(500);
        var read = read(local(500));
        assertThat(answered).containsEntry(read, 70L);
        assertThat(rounds).as("and asks anew, so that the next need not wait").hasSize(2);
    }

    @Test
    void localReadAsksTheLeaderIfTheStateMayBeTooOld() {
        takeLease();
        clock.advanceMillis(501);
        var read = read(local(500));
        assertThat(answered).doesNotContainKey(read);
        answerRound(1, 99);
        assertThat(answered).containsEntry(read, 99L);
    }

    @Test
    void localReadIsRefusedIfNobodyTellsWithinAnElectionTimeoutHowOldTheStateIs() {
        takeLease();
        clock.advanceMillis(600);
        var read = read(local(500));
        clock.advanceMillis(999);
        router.expire(clock.nanoTime());
        assertThat(read.future()).isNotDone();
        clock.advanceMillis(1);
        router.expire(clock.nanoTime());
        assertThat(read.future().join()).isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(RefusalReason.TOO_STALE);
            assertThat(refused.message()).contains("1600 ms ago").contains("500 ms");
        });
    }

    @Test
    void localReadIsRefusedAtOnceWithoutALeader() {
        softState = new SoftState(0, RaftRole.FOLLOWER);
        leadership.update(softState, TERM);
        var read = read(local(500));
        assertThat(((ReadOutcome.Refused) read.future().join()).message()).contains("has not learnt from a leader yet");
    }

    @Test
    void readWaitsForTheIndexItWantsIfThatIsHigher() {
        takeLease();
        var low = read(ReadOptions.of(Consistency.LEASE).withMinIndex(5));
        var high = read(ReadOptions.of(Consistency.LEASE).withMinIndex(500));
        assertThat(answered).containsEntry(low, 70L).containsEntry(high, 500L);
    }

    private static ReadOptions local(long maxStalenessMillis) {
        return ReadOptions.of(Consistency.LOCAL).withMaxStaleness(Duration.ofMillis(maxStalenessMillis));
    }

    private void takeLease() {
        read(ReadOptions.LINEARIZABLE);
        answerRound(0, 70);
    }

    private PendingRead read(ReadOptions options) {
        var slot = new MachineSlot(LedgerMachine.NAME, new LedgerMachine());
        var read =
                new PendingRead(slot, new byte[0], options, Duration.ofHours(1).toNanos());
        router.add(read);
        router.route();
        return read;
    }

    private void answerRound(int round, long index) {
        router.answered(new ReadState(index, rounds.get(round)));
    }
}
