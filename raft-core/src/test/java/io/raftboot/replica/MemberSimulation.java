package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.storage.log.FaultDisk.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A cluster in memory to which a seed does what members go through together: restarts within one leadership, a state machine
 * that is slow while snapshots come in and members change, reads whose rounds get lost, disks that hang when they are read.
 * What happens is drawn from the seed; how threads interleave is not.
 *
 * <p>Looked at all the time: a linearizable read sees all that was acknowledged before it was asked, and two members that
 * have a configuration of the same index have the same. At the end, when all is well again: nobody has failed, all have the same
 * commands in the same order, each acknowledged one once and no refused one, and the same configuration, also behind a
 * restart from a snapshot of their own.
 */
final class MemberSimulation implements AutoCloseable {
    private static final int MEMBERS = 3;
    private static final long LEARNER = 4;
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Random random;
    private final TestCluster cluster;
    private final GatedMachine.Gate gate = new GatedMachine.Gate();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Set<String> faults = ConcurrentHashMap.newKeySet();
    private final TreeMap<Long, ConfState> configurations = new TreeMap<>();
    private long nextCommand;
    private long demoted;

    MemberSimulation(long seed) {
        random = new Random(seed);
        cluster = TestCluster.onFaultDisks(
                        MEMBERS, MemberSimulation::snapshotsOnly, id -> Map.of(GatedMachine.NAME, machine(id)))
                .start();
        cluster.awaitLeader();
    }

    private StateMachine machine(long id) {
        return new GatedMachine(gate, id);
    }

    private static ReplicaConfig.Builder snapshotsOnly(ReplicaConfig.Builder config) {
        return config.snapshots(SnapshotPolicy.defaults().withKeepEntries(0)).walCacheSizeBytes(2_000);
    }

    /** What was done, for a test that fails. */
    List<String> trace() {
        return trace;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            look();
        }
        recover();
    }

    private void step() {
        long member = random.nextLong(1, MEMBERS + 1L);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> write(member);
            case 3, 4 -> read(member);
            case 5 -> restart(member);
            case 6 -> restartDuringARead(member);
            case 7 -> holdOrOpen(member);
            case 8 -> change();
            case 9 -> snapshotBehindTheBackOf(member);
            case 10 -> isolateOrHeal(member);
            default -> hangOrHeal(member);
        }
    }

    private void write(long through) {
        String command = "c" + nextCommand++;
        asked.add(cluster.replica(through)
                .submit(LedgerMachine.NAME, command.getBytes(UTF_8), SHORT)
                .thenAccept(outcome -> {
                    if (outcome instanceof Outcome.Applied) {
                        acknowledged.add(command);
                    } else if (outcome instanceof Outcome.Refused) {
                        refused.add(command);
                    }
                }));
        if (random.nextInt(3) == 0) {
            settle();
        }
    }

    private void read(long through) {
        var before = Set.copyOf(acknowledged);
        asked.add(cluster.replica(through)
                .read(
                        LedgerMachine.NAME,
                        new byte[0],
                        ReadOptions.of(Consistency.LINEARIZABLE).withTimeout(SHORT))
                .thenAccept(outcome -> {
                    if (outcome instanceof ReadOutcome.Answered answered) {
                        var missing = new HashSet<>(before);
                        missing.removeAll(List.of(new String(answered.value(), UTF_8).split(",")));
                        if (!missing.isEmpty()) {
                            faults.add("a linearizable read through " + through + " does not see " + missing);
                        }
                    }
                }));
    }

    private void restart(long member) {
        trace.add("restart " + member);
        if (gate.closedFor() == member) {
            gate.open();
        }
        cluster.disk(member).heal();
        cluster.replica(member).stop();
        cluster.renew(member).start();
    }

    /** The round of a read is lost, its member starts again, others write, and the first thing that it is asked is a read. */
    private void restartDuringARead(long member) {
        if (cluster.replica(member).isLeader() || cluster.replica(member).leaderId() == null) {
            return;
        }
        trace.add("restart during a read " + member);
        var sent = cluster.transports().record();
        sent.clear();
        cluster.transports().lose((from, message) -> isRoundOfReads(message));
        read(member);
        hopefully(() -> sent.stream()
                .anyMatch(message -> message.getType() == MessageType.MSG_READ_INDEX && message.getFrom() == member));
        restart(member);
        cluster.transports().lose((from, message) -> isRoundOfReads(message) && message.getTo() != member);
        write(leader());
        long written = acknowledged.size();
        hopefully(() -> acknowledged.size() > written);
        read(member);
        hopefully(() -> asked.get(asked.size() - 1).isDone());
        cluster.transports().loseNothing();
    }

    private static boolean isRoundOfReads(Message message) {
        return message.getType() == MessageType.MSG_HEARTBEAT
                && !message.getContext().isEmpty();
    }

    /** What may as well not happen, because of what else goes on, is waited for in vain. */
    private static void hopefully(Callable<Boolean> condition) {
        try {
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofMillis(300))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            // Then it is another course of events.
        }
    }

    private void holdOrOpen(long member) {
        if (gate.closedFor() != 0) {
            trace.add("open");
            gate.open();
        } else if (!cluster.replica(member).isLeader()) {
            trace.add("hold " + member);
            gate.closeFor(member);
            asked.add(cluster.replica(leader()).submit(GatedMachine.NAME, new byte[0], SHORT));
        }
    }

    /** A learner that is not there comes and goes; a voter becomes a learner and a voter again, at once or by a joint step. */
    private void change() {
        long leader = leader();
        if (leader == 0) {
            return;
        }
        var state = cluster.replica(leader).configuration().state();
        ConfChangeV2 change;
        if (state.getVotersOutgoingCount() > 0) {
            change = ConfChangeV2.getDefaultInstance();
        } else if (demoted != 0 && state.getLearnersList().contains(demoted)) {
            change = TestCluster.changeOf(ConfChangeType.CONF_CHANGE_ADD_NODE, demoted);
        } else if (random.nextInt(3) == 0) {
            demoted = LongStream.rangeClosed(1, MEMBERS)
                    .filter(id -> id != leader)
                    .skip(random.nextInt(MEMBERS - 1))
                    .findFirst()
                    .orElseThrow();
            change = TestCluster.changeOf(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE, demoted);
        } else {
            change = TestCluster.changeOf(
                    state.getLearnersList().contains(LEARNER)
                            ? ConfChangeType.CONF_CHANGE_REMOVE_NODE
                            : ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE,
                    LEARNER);
        }
        if (change.getChangesCount() > 0 && random.nextBoolean()) {
            change = change.toBuilder()
                    .setTransition(ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT)
                    .build();
        }
        trace.add("change " + ConfChanges.format(change.getChangesList()));
        var unused = cluster.propose(leader, change);
    }

    /** A member misses changes and what follows, and needs the snapshot that is taken then. */
    private void snapshotBehindTheBackOf(long member) {
        if (cluster.replica(member).isLeader()) {
            return;
        }
        trace.add("snapshot without " + member);
        boolean slow = gate.closedFor() == 0 && random.nextBoolean();
        if (slow) {
            // It has committed the changes that come now, and applies them when it is too late.
            holdOrOpen(member);
            settle();
            change();
            settle();
            change();
        }
        settle();
        cluster.network().isolate(member);
        long leader = leader();
        hopefully(() -> {
            var progress =
                    TestCluster.get(cluster.replica(leader).status()).progress().get(member);
            return progress != null && !progress.recentActive();
        });
        change();
        write(leader());
        settle();
        asked.add(cluster.replica(leader()).takeSnapshot());
        settle();
        write(leader());
        settle();
        cluster.network().heal();
        if (slow) {
            long missed = cluster.replica(leader()).configuration().index();
            hopefully(() -> cluster.replica(member).configuration().index() >= missed);
            gate.open();
        }
    }

    private void isolateOrHeal(long member) {
        trace.add("isolate or heal " + member);
        if (random.nextBoolean()) {
            cluster.network().isolate(member);
        } else {
            cluster.network().heal();
        }
    }

    private void hangOrHeal(long member) {
        if (cluster.disk(member).isHanging() || random.nextBoolean()) {
            cluster.disk(member).heal();
        } else {
            trace.add("reads hang " + member);
            cluster.disk(member)
                    .hangWhen((operation, file) ->
                            operation == Operation.READ && file.toString().endsWith(".wal"));
        }
    }

    /** Gives what was asked a moment; it need not end. */
    private void settle() {
        boolean unused = haveEnded(Duration.ofMillis(60));
        asked.removeIf(CompletableFuture::isDone);
        look();
    }

    private boolean haveEnded(Duration patience) {
        try {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException | InterruptedException e) {
            return false;
        }
    }

    private long leader() {
        return LongStream.rangeClosed(1, MEMBERS)
                .filter(id -> cluster.replica(id).isLeader())
                .findFirst()
                .orElse(1);
    }

    private void look() {
        for (long id = 1; id <= MEMBERS; id++) {
            compare(id, cluster.replica(id).configuration());
            assertThat(cluster.replica(id).failure()).as("node %s", id).isNull();
        }
        assertThat(faults).isEmpty();
    }

    private void compare(long id, AppliedConfiguration seen) {
        if (seen.index() > 0) {
            var known = configurations.putIfAbsent(seen.index(), seen.state());
            if (known != null) {
                assertThat(ConfChanges.difference(known, seen.state()))
                        .as("configuration of node %s at %s", id, seen.index())
                        .isNull();
            }
        }
    }

    private void recover() {
        trace.add("recover");
        gate.open();
        cluster.network().heal();
        for (long id = 1; id <= MEMBERS; id++) {
            cluster.disk(id).heal();
        }
        assertThat(haveEnded(TestCluster.PATIENCE))
                .as("all that was asked has ended")
                .isTrue();
        assertAllAlike("end");
        for (long id = 1; id <= MEMBERS; id++) {
            assertThat(TestCluster.get(cluster.replica(id).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            restart(id);
        }
        assertAllAlike("restarted");
    }

    private void assertAllAlike(String marker) {
        await().atMost(TestCluster.PATIENCE).until(() -> cluster.submit(1, marker) instanceof Outcome.Applied);
        await().atMost(TestCluster.PATIENCE).untilAsserted(() -> assertThat(LongStream.rangeClosed(1, MEMBERS))
                .allSatisfy(id -> assertThat(cluster.machine(id).commands()).contains(marker)));
        look();
        var commands = cluster.machine(1).commands();
        for (long id = 2; id <= MEMBERS; id++) {
            assertThat(cluster.machine(id).commands()).isEqualTo(commands);
            assertThat(ConfChanges.difference(
                            cluster.replica(1).configuration().state(),
                            cluster.replica(id).configuration().state()))
                    .as("configuration of node %s beside that of node 1", id)
                    .isNull();
        }
        assertThat(commands).doesNotHaveDuplicates().containsAll(acknowledged).doesNotContainAnyElementsOf(refusedOr());
    }

    private Set<String> refusedOr() {
        return refused.isEmpty() ? Set.of("none was refused") : refused;
    }

    @Override
    public void close() {
        gate.open();
        for (long id = 1; id <= MEMBERS; id++) {
            cluster.disk(id).heal();
        }
        cluster.close();
    }
}
