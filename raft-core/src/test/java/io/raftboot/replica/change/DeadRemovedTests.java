package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.SnapshotOutOfDateException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.SystemState;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is taken for dead, and how few the voters may become by it. */
class DeadRemovedTests {
    private static final Duration DEAD_AFTER = Duration.ofHours(1);

    private final FakeClock clock = new FakeClock(0);
    private final Map<Long, Long> heard = new HashMap<>();
    private final SystemMachine system = new SystemMachine(1);
    private ConfState configuration = voters(1, 2, 3, 4, 5);
    private boolean leads = true;
    private MemberHealth health = health();

    private static ConfState voters(long... ids) {
        var state = ConfState.newBuilder();
        for (long id : ids) {
            state.addVoters(id);
        }
        return state.build();
    }

    private MemberHealth health() {
        var storage = new MemoryStorage();
        try {
            storage.applySnapshot(Snapshot.newBuilder()
                    .setMetadata(
                            SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(configuration))
                    .build());
        } catch (SnapshotOutOfDateException e) {
            throw new AssertionError(e);
        }
        var config = RaftConfig.builder()
                .id(1)
                .storage(storage)
                .electionTicks(10)
                .heartbeatTicks(1)
                .random(new SplittableRandom(1))
                .build();
        var node = new Node(new RawNode(config), () -> {});
        var made = new MemberHealth(TestLinks.of(clock, 1_000), node, new Seat());
        made.tick(clock.nanoTime());
        return made;
    }

    private final class Seat implements LeaderSeat {
        @Override
        public boolean ready() {
            return leads;
        }

        @Override
        public @Nullable Long heardNanos(long id) {
            return heard.get(id);
        }

        @Override
        public boolean isDiskLow(long id) {
            return false;
        }

        @Override
        public void handOver(LongPredicate fit, CompletableFuture<TransferOutcome> outcome) {
            throw new AssertionError("nothing is handed over");
        }

        @Override
        public void transfer(@Nullable Long target, CompletableFuture<TransferOutcome> outcome) {
            throw new AssertionError("nothing is handed over");
        }
    }

    private void pass(Duration time, long... alive) {
        clock.advanceMillis(time.toMillis());
        for (long id : alive) {
            heard.put(id, clock.nanoTime());
        }
        health.tick(clock.nanoTime());
    }

    private @Nullable String removed(int minVoters, long... healthy) {
        return removed(MembershipPolicy.defaults().withMinVoters(minVoters), healthy);
    }

    private @Nullable String removed(MembershipPolicy policy, long... healthy) {
        var wishes = wishes(policy, healthy);
        return wishes.isEmpty() ? null : wishes.get(0);
    }

    private List<String> wishes(MembershipPolicy policy, long... healthy) {
        var up = Set.of(Arrays.stream(healthy).boxed().toArray(Long[]::new));
        var situation = new Situation(configuration, new Members(new TreeMap<>()), up::contains, null);
        return new DeadRemoved(health, system, DEAD_AFTER, policy)
                .wishes(situation, clock.nanoTime()).stream()
                        .map(wish -> StepText.of(wish.steps().get(0)))
                        .toList();
    }

    /** It would hold up every other change, for as long as those are away. */
    @Test
    void nobodyIsRemovedWhileThoseThatAreLeftAreNoMajority() {
        pass(DEAD_AFTER, 2, 3, 5);
        assertThat(removed(0, 1, 2)).isNull();
        assertThat(removed(0, 1, 2, 3)).isEqualTo("remove node 4");
    }

    /** Somebody may have put an end to the removal of the first. */
    @Test
    void eachDeadMemberIsOneToBeRemoved() {
        configuration = configuration.toBuilder().addLearners(8).build();
        health = health();
        pass(DEAD_AFTER, 2, 3);
        assertThat(wishes(MembershipPolicy.defaults(), 1, 2, 3))
                .containsExactly("remove node 8", "remove node 4", "remove node 5");
    }

    @Test
    void oneVoterGoesAtATimeAndNoEarlierThanIsSaid() {
        pass(Duration.ofMinutes(59), 2, 3);
        assertThat(removed(0, 1, 2, 3)).isNull();
        pass(Duration.ofMinutes(1), 2, 3);
        assertThat(removed(0, 1, 2, 3)).isEqualTo("remove node 4");
    }

    @Test
    void groupDoesNotShrinkFromFiveToThreeToTwo() {
        system.restore(SystemState.newBuilder().setWantedVoters(5).build(), 1);
        configuration = voters(1, 2, 3);
        health = health();
        pass(DEAD_AFTER, 2);
        assertThat(removed(0, 1, 2))
                .as("three of the five that were wanted are left")
                .isNull();
        assertThat(removed(1, 1, 2)).as("though one is said to do").isNull();
    }

    @Test
    void moreMayBeKeptThanAMajority() {
        pass(DEAD_AFTER, 2, 3);
        assertThat(removed(5, 1, 2, 3)).isNull();
        assertThat(removed(4, 1, 2, 3)).isEqualTo("remove node 4");
    }

    @Test
    void learnerThatKeepsUpTakesThePlaceOfADeadVoter() {
        system.restore(SystemState.newBuilder().setWantedVoters(3).build(), 1);
        configuration = voters(1, 2, 3).toBuilder().addLearners(6).build();
        health = health();
        pass(DEAD_AFTER, 2, 6);
        assertThat(removed(3, 1, 2, 6)).isEqualTo("at one moment: give node 6 a vote, remove node 3");
        assertThat(removed(
                        MembershipPolicy.defaults()
                                .withPromote(Promotion.MANUAL)
                                .withMinVoters(3),
                        1,
                        2,
                        6))
                .as("where votes are given by hand")
                .isNull();
    }

    @Test
    void newLeaderCountsFromItsElectionOn() {
        pass(Duration.ofHours(3), 2, 3, 4, 5);
        leads = false;
        health.leaderChanged();
        pass(Duration.ofHours(3));
        leads = true;
        pass(Duration.ofSeconds(1), 2);
        assertThat(removed(1, 1, 2)).isNull();
    }

    @Test
    void processThatStoodStillHoldsNothingAgainstTheOthers() {
        pass(Duration.ofSeconds(1), 2, 3, 4, 5);
        clock.advanceMillis(Duration.ofHours(2).toMillis());
        health.paused(clock.nanoTime());
        health.tick(clock.nanoTime());
        assertThat(removed(1, 1)).isNull();
    }

    @Test
    void memberThatHasJustComeIsNotDead() {
        pass(Duration.ofHours(3), 2, 3, 4, 5);
        // What was heard long ago of another one under its id does not count.
        heard.put(6L, clock.nanoTime() - DEAD_AFTER.toNanos());
        assertThat(health.silentNanos(6, clock.nanoTime())).isZero();
    }
}
