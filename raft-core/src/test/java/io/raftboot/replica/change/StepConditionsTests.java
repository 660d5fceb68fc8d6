package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.TransferOutcome;
import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.RawNode;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberRecord;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the addition of a member waits for. */
class StepConditionsTests {
    private static final ConfState BEFORE = ConfState.newBuilder().addVoters(1).build();
    private static final ConfState AFTER = BEFORE.toBuilder().addLearners(4).build();

    private final FakeClock clock = new FakeClock(0);
    private final Joiners joiners = new Joiners(TestLinks.of(clock, 1_000).self());
    private final TreeMap<Long, MemberRecord> members = new TreeMap<>();
    private final StepConditions conditions = conditions();

    private StepConditions conditions() {
        var config = RaftConfig.builder()
                .id(1)
                .storage(new MemoryStorage())
                .electionTicks(10)
                .heartbeatTicks(1)
                .random(new SplittableRandom(1))
                .build();
        var node = new Node(new RawNode(config), () -> {});
        var health = new MemberHealth(TestLinks.of(clock, 1_000), node, new NobodyIsHeard());
        return new StepConditions(health, joiners, Duration.ZERO, Set.of());
    }

    private static final class NobodyIsHeard implements LeaderSeat {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public @Nullable Long heardNanos(long id) {
            return null;
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

    private void announced(long incarnation) {
        joiners.heard(MemberRecord.newBuilder()
                .setId(4)
                .setIncarnation(incarnation)
                .setAddress("d:1")
                .build());
    }

    private @Nullable String missing() {
        var step = ChangeStep.newBuilder()
                .addChanges(ConfChanges.single(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, 4))
                .addMembers(MemberRecord.newBuilder().setId(4).setAddress("d:1"))
                .build();
        return conditions.missing(step, BEFORE, AFTER, new Members(members), clock.nanoTime());
    }

    @Test
    void memberIsNotAddedBeforeItsProcessAnnouncesItself() {
        assertThat(missing()).contains("the process of node 4 has not announced itself");
    }

    @Test
    void noneOfTwoProcessesUnderOneIdIsAdded() {
        announced(41);
        announced(42);
        assertThat(missing()).contains("several processes announce themselves as node 4");
    }

    @Test
    void directoryThatWasRemovedIsNotAddedAgain() {
        members.put(
                4L,
                MemberRecord.newBuilder()
                        .setId(4)
                        .setIncarnation(41)
                        .setRemoved(true)
                        .build());
        announced(41);
        assertThat(missing()).contains("was removed with the directory that it comes with");
    }
}
