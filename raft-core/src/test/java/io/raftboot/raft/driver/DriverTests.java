package io.raftboot.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.MemoryStorage;
import io.raftboot.raft.StorageException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.testing.Seeds;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A group whose members are driven by drivers that follow the documentation: it elects, replicates, reads, lets a member
 * catch up by a snapshot, starts one again and takes in another.
 */
class DriverTests {
    private static final int FOLLOWER_LAGS_BY = 20;
    private static final int MAX_ROUNDS = 10_000;

    private enum Mode {
        SYNC,
        ASYNC,
        MIXED
    }

    /** Members, and a network that keeps the order between two of them. */
    private static final class Group {
        private final Map<Long, Driver> members = new TreeMap<>();
        private final Queue<Message> network = new ArrayDeque<>();
        private final Set<Long> cut = new HashSet<>();
        private final Mode mode;
        private final RandomGenerator random;

        Group(Mode mode, RandomGenerator random) {
            this.mode = mode;
            this.random = random;
        }

        Driver start(long id, MemoryStorage storage) {
            boolean sync = mode == Mode.SYNC || (mode == Mode.MIXED && id % 2 == 0);
            Driver member = sync
                    ? new SyncDriver(id, storage, network::add)
                    : new AsyncDriver(id, storage, network::add, random);
            members.put(id, member);
            return member;
        }

        Driver member(long id) {
            return Objects.requireNonNull(members.get(id));
        }

        /** Until there is nothing to do: now a member works, now a message arrives. */
        void settle() {
            boolean active = true;
            for (int round = 0; active; round++) {
                assertThat(round).as("rounds without coming to rest").isLessThan(MAX_ROUNDS);
                active = false;
                for (Driver member : members.values()) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        active |= member.work();
                    }
                }
                for (int i = random.nextInt(4); i >= 0 && !network.isEmpty(); i--) {
                    active = true;
                    deliver(network.remove());
                }
            }
        }

        private void deliver(Message message) {
            Driver target = members.get(message.getTo());
            if (target != null && !cut.contains(message.getTo()) && !cut.contains(message.getFrom())) {
                target.receive(message);
            }
        }

        void tickAndSettle() {
            for (Driver member : members.values()) {
                member.tick();
            }
            settle();
        }
    }

    private static MemoryStorage beginning(long... voters) throws StorageException {
        ConfState.Builder confState = ConfState.newBuilder();
        for (long voter : voters) {
            confState.addVoters(voter);
        }
        MemoryStorage storage = new MemoryStorage();
        storage.applySnapshot(Snapshot.newBuilder()
                .setMetadata(
                        SnapshotMetadata.newBuilder().setIndex(1).setTerm(1).setConfState(confState))
                .build());
        return storage;
    }

    @TestFactory
    List<DynamicTest> groupOfSynchronousDriversWorks() {
        return Seeds.tests("raft.seeds", 3, random -> run(Mode.SYNC, random));
    }

    @TestFactory
    List<DynamicTest> groupOfAsynchronousDriversWorks() {
        return Seeds.tests("raft.seeds", 10, random -> run(Mode.ASYNC, random));
    }

    @TestFactory
    List<DynamicTest> bothKindsOfDriverWorkTogether() {
        return Seeds.tests("raft.seeds", 5, random -> run(Mode.MIXED, random));
    }

    private static void run(Mode mode, RandomGenerator random) throws StorageException {
        Group group = new Group(mode, random);
        for (long id = 1; id <= 3; id++) {
            group.start(id, beginning(1, 2, 3));
        }
        group.member(1).campaign();
        group.settle();

        StringBuilder expected = new StringBuilder();
        group.cut.add(3L);
        for (int i = 0; i < FOLLOWER_LAGS_BY; i++) {
            String command = "<" + i + ">";
            expected.append(command);
            // Through the leader and through a follower in turn, each settled before the next.
            group.member(1 + i % 2).propose(command);
            group.settle();
        }
        group.member(2).read("on a follower");
        group.settle();
        assertThat(group.member(2).machine.answers()).containsEntry("on a follower", expected.toString());

        // What it needs is gone when it is back, so it gets a snapshot.
        group.member(1).compact();
        group.cut.clear();
        group.tickAndSettle();
        assertThat(group.member(3).machine.text()).isEqualTo(expected.toString());
        assertThat(group.member(3).storage.firstIndex())
                .isEqualTo(group.member(1).storage.firstIndex());

        // It starts again from what it stored, and a fourth begins with nothing. The snapshot for that one has to be of
        // a
        // time when it was a member already.
        group.start(3, group.member(3).storage);
        group.member(1)
                .change(ConfChangeV2.newBuilder()
                        .addAllChanges(ConfChanges.parse("v4 r2"))
                        .build());
        group.settle();
        group.tickAndSettle();
        group.member(1).compact();
        group.start(4, new MemoryStorage());
        group.tickAndSettle();
        group.member(1).propose("<last>");
        expected.append("<last>");
        group.settle();
        group.tickAndSettle();

        for (long id : List.of(1L, 3L, 4L)) {
            assertThat(group.member(id).machine.text()).as("member " + id).isEqualTo(expected.toString());
            assertThat(group.member(id).machine.confState().getVotersList()).containsExactly(1L, 3L, 4L);
            assertThat(group.member(id).machine.confState().getVotersOutgoingList())
                    .as("the joint configuration was left")
                    .isEmpty();
        }
    }
}
