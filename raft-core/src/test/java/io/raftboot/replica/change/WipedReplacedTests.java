package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.RemoteMember;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a member that comes back with another directory takes its own place. */
class WipedReplacedTests {
    private static final long ELECTION_TIMEOUT_MILLIS = 1_000;
    private static final ConfState VOTERS =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();

    private final FakeClock clock = new FakeClock(0);
    private final Map<Long, Long> heard = new HashMap<>();
    private final ReturnedMembers returned = new ReturnedMembers(clock);
    private final MemberHealth health = health();

    private MemberHealth health() {
        var storage = new MemoryStorage();
        try {
            storage.applySnapshot(Snapshot.newBuilder()
                    .setMetadata(
                            SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(VOTERS))
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
        return new MemberHealth(
                TestLinks.of(clock, ELECTION_TIMEOUT_MILLIS), new Node(new RawNode(config), () -> {}), new Seat());
    }

    private final class Seat implements LeaderSeat {
        @Override
        public boolean ready() {
            return true;
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

    /** Seconds go by, in each of which the wiped one comes and is turned away. */
    private void wipedOneComesFor(int seconds) {
        wipedOneComesFor(seconds, MemberRun.UNKNOWN);
    }

    private void wipedOneComesFor(int seconds, MemberRun run) {
        for (int second = 0; second < seconds; second++) {
            returned.turnedAway(new RemoteMember(7, "default", 3, 99, "c:1", run));
            clock.advanceMillis(1_000);
            health.tick(clock.nanoTime());
        }
    }

    private boolean isReplaced() {
        return wish() != null;
    }

    private Initiative.@Nullable Wish wish() {
        var known = new TreeMap<Long, MemberRecord>();
        known.put(
                3L,
                MemberRecord.newBuilder()
                        .setId(3)
                        .setIncarnation(33)
                        .setAddress("c:1")
                        .build());
        var situation = new Situation(VOTERS, new Members(known), id -> id != 3, null);
        var owed = new OwedVotes(new SystemMachine(7), MembershipPolicy.defaults());
        var wishes = new WipedReplaced(returned, health, owed, ELECTION_TIMEOUT_MILLIS * 1_000_000)
                .wishes(situation, clock.nanoTime());
        return wishes.isEmpty() ? null : wishes.get(0);
    }

    @Test
    void wipedMemberIsReplacedOnceItHasBeenSilentForLong() {
        wipedOneComesFor(9);
        assertThat(isReplaced()).isFalse();
        wipedOneComesFor(3);
        assertThat(isReplaced()).isTrue();
    }

    /** It is told meanwhile that its group began before, and comes again with a directory that is made for joining. */
    @Test
    void directoryThatCameOnceIsNotTakenIn() {
        health.tick(clock.nanoTime());
        clock.advanceMillis(20_000);
        returned.turnedAway(new RemoteMember(7, "default", 3, 98, "c:1"));
        assertThat(isReplaced()).isFalse();
        returned.turnedAway(new RemoteMember(7, "default", 3, 99, "c:1"));
        assertThat(isReplaced()).isFalse();
        clock.advanceMillis(ELECTION_TIMEOUT_MILLIS);
        returned.turnedAway(new RemoteMember(7, "default", 3, 99, "c:1"));
        assertThat(isReplaced()).isTrue();
    }

    /** It may be the member's own of some time before: whoever has put it there is to look first. */
    @Test
    void directoryThatIsNotEmptyIsNotTakenIn() {
        wipedOneComesFor(12, new MemberRun(21, 4, 3, 2));
        assertThat(isReplaced()).isFalse();
        wipedOneComesFor(2, new MemberRun(22, 1, 1, 1));
        assertThat(isReplaced()).isTrue();
    }

    /** What its leader knows of its old log goes with the old member. */
    @Test
    void oldMemberIsRemovedBeforeTheNewOneComes() {
        wipedOneComesFor(12);
        var wish = Objects.requireNonNull(wish());
        assertThat(wish.steps())
                .extracting(StepText::of)
                .containsExactly(
                        "remove node 3",
                        "take node 3 at c:1 with its new directory as a learner",
                        "give node 3 a vote");
        assertThat(wish.steps().get(1).getMembers(0).getIncarnation()).isEqualTo(99);
    }

    @Test
    void leaderThatWasElectedWhileTheWipedOneComesReplacesItAsWell() {
        wipedOneComesFor(5);
        health.leaderChanged();
        wipedOneComesFor(5);
        assertThat(isReplaced()).isFalse();
        wipedOneComesFor(7);
        assertThat(isReplaced()).isTrue();
    }

    @Test
    void processThatStoodStillReplacesItAsWell() {
        wipedOneComesFor(5);
        health.paused(clock.nanoTime());
        wipedOneComesFor(12);
        assertThat(isReplaced()).isTrue();
    }

    /** Some other process has come under its id. */
    @Test
    void memberThatWasHeardOfSinceIsNotReplaced() {
        wipedOneComesFor(2);
        heard.put(3L, clock.nanoTime());
        wipedOneComesFor(30);
        assertThat(isReplaced()).isFalse();
    }
}
