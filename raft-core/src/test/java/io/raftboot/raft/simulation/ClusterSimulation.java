package io.raftboot.raft.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.SnapshotStatus;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.quorum.IdSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** One run: first everything that may happen does, then the faults stop and the members have to agree. */
final class ClusterSimulation {
    private static final long FIRST_INDEX = 3;

    /** Of the steps that fall on a node that is down, one in this many starts it. */
    private static final int STEPS_DOWN = 20;

    private static final int MAX_RECOVERY_ROUNDS = 2_000;
    private static final List<ConfChangeTransition> TRANSITIONS = List.of(
            ConfChangeTransition.CONF_CHANGE_TRANSITION_AUTO,
            ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT,
            ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT);
    private static final List<ConfChangeType> CHANGE_TYPES = List.of(
            ConfChangeType.CONF_CHANGE_ADD_NODE,
            ConfChangeType.CONF_CHANGE_ADD_NODE,
            ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE,
            ConfChangeType.CONF_CHANGE_REMOVE_NODE);

    private final RandomGenerator random;
    private final SimulationSettings settings;
    private final SimulationStatistics statistics = new SimulationStatistics();
    private final SimulatedNetwork network;
    private final SafetyChecker checker;
    private final Map<Long, SimulatedNode> nodesById = new TreeMap<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private long counter;

    ClusterSimulation(RandomGenerator random) {
        this(random, PlantedDefect.NONE);
    }

    ClusterSimulation(RandomGenerator random, PlantedDefect defect) {
        this.random = random;
        this.settings = SimulationSettings.draw(random);
        this.network = new SimulatedNetwork(settings, random);
        this.checker = new SafetyChecker(nodesById, statistics, FIRST_INDEX);
        Snapshot first = firstSnapshot();
        for (long id = 1; id <= settings.nodeCount(); id++) {
            SimulatedNode node = new SimulatedNode(id, settings, random, checker, network::send, defect);
            nodes.add(node);
            nodesById.put(id, node);
            if (id <= settings.memberCount()) {
                node.install(first);
            }
        }
        nodes.forEach(SimulatedNode::start);
    }

    private Snapshot firstSnapshot() {
        ConfState.Builder members = ConfState.newBuilder();
        for (long id = 1; id <= settings.memberCount(); id++) {
            if (id <= settings.memberCount() - settings.learnerCount()) {
                members.addVoters(id);
            } else {
                members.addLearners(id);
            }
        }
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(FIRST_INDEX)
                        .setTerm(1)
                        .setConfState(members))
                .build();
    }

    SimulationStatistics run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        statistics.network(network);
        recover();
        return statistics;
    }

    private void step() {
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        int permille = random.nextInt(1000);
        if (!node.isRunning()) {
            if (random.nextInt(STEPS_DOWN) == 0) {
                node.start();
            }
            deliver();
        } else if ((permille -= settings.crashPermille()) < 0) {
            statistics.crashed();
            node.crash();
        } else if ((permille -= settings.partitionPermille()) < 0) {
            changeLinks();
        } else if ((permille -= settings.confChangePermille()) < 0) {
            proposeConfChange(node);
        } else if ((permille -= settings.snapshotPermille()) < 0) {
            node.takeSnapshot();
        } else if ((permille -= settings.campaignPermille()) < 0) {
            node.call(raw -> raw.campaign());
        } else if ((permille -= settings.tickPercent() * 10) < 0) {
            node.call(raw -> raw.tick());
        } else {
            ordinaryStep(node);
        }
    }

    private void ordinaryStep(SimulatedNode node) {
        int choice = random.nextInt(100);
        if (choice < 45) {
            node.work();
        } else if (choice < 90) {
            deliver();
        } else if (choice < 94) {
            ByteString data = ByteString.copyFromUtf8("p" + ++counter + "x".repeat(random.nextInt(20)));
            node.call(raw -> raw.propose(data));
        } else if (choice < 98) {
            read(node);
        } else {
            rareCall(node);
        }
    }

    private void read(SimulatedNode node) {
        ByteString context = ByteString.copyFromUtf8("r" + ++counter);
        checker.readAsked(context);
        node.call(raw -> raw.readIndex(context));
    }

    private void rareCall(SimulatedNode node) {
        long other = 1L + random.nextInt(settings.nodeCount());
        switch (random.nextInt(8)) {
            case 0 -> node.call(raw -> raw.campaign());
            case 1 -> node.call(raw -> raw.forgetLeader());
            case 2 -> node.call(raw -> raw.reportUnreachable(other));
            case 3 -> node.call(raw -> raw.stepDown());
            case 4 -> {
                statistics.transferred();
                node.call(raw -> raw.transferLeadership(other));
            }
            default -> node.workAll();
        }
    }

    private void deliver() {
        SimulatedNetwork.SnapshotReport report = network.takeReport();
        if (report != null) {
            SimulatedNode sender = nodes.get((int) report.fromId() - 1);
            if (sender.isRunning()) {
                SnapshotStatus status = report.delivered() ? SnapshotStatus.FINISH : SnapshotStatus.FAILURE;
                sender.call(raw -> raw.reportSnapshot(report.toId(), status));
            }
            return;
        }
        Message message = network.take();
        if (message != null) {
            SimulatedNode target = nodes.get((int) message.getTo() - 1);
            if (target.isRunning()) {
                target.deliver(message);
            }
        }
    }

    private void changeLinks() {
        if (random.nextBoolean()) {
            network.mendAll();
            return;
        }
        statistics.partitioned();
        long separated = 1L + random.nextInt(settings.nodeCount());
        boolean oneWay = random.nextInt(3) == 0;
        for (SimulatedNode other : nodes) {
            // Sometimes not from all, so that two groups overlap in a node.
            if (random.nextInt(4) > 0) {
                network.cut(separated, other.id());
                if (!oneWay) {
                    network.cut(other.id(), separated);
                }
            }
        }
    }

    private void proposeConfChange(SimulatedNode node) {
        ConfChangeV2.Builder change = ConfChangeV2.newBuilder();
        if (random.nextInt(4) > 0) {
            change.setTransition(TRANSITIONS.get(random.nextInt(TRANSITIONS.size())));
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                change.addChanges(randomChange());
            }
        }
        node.call(raw -> raw.proposeConfChange(change.build()));
    }

    private ConfChangeSingle randomChange() {
        ConfChangeType type = CHANGE_TYPES.get(random.nextInt(CHANGE_TYPES.size()));
        return ConfChanges.single(type, 1L + random.nextInt(settings.nodeCount()));
    }

    /** Everybody is up, everything arrives: the members elect a leader and come to the same state. */
    private void recover() {
        network.becomePerfect(perfect());
        for (SimulatedNode node : nodes) {
            if (!node.isRunning()) {
                node.start();
            }
        }
        for (int round = 1; round <= MAX_RECOVERY_ROUNDS; round++) {
            recoveryRound();
            if (round % 10 == 0 && isSettled()) {
                statistics.recovered(round);
                return;
            }
        }
        if (isBlockedByFormerVoter()) {
            statistics.blocked();
            return;
        }
        throw new AssertionError("no agreement after " + MAX_RECOVERY_ROUNDS + " rounds without faults, " + describe());
    }

    /**
     * Whether the longest log is that of a node that has lost its right to campaign. The others don't know yet that it
     * has, need its vote, and don't get it. That is the price of the library's rule that a configuration takes effect
     * when it is applied; whoever removes a leader avoids it by a transfer of leadership before.
     */
    private boolean isBlockedByFormerVoter() {
        SimulatedNode longest = nodes.stream()
                .max(Comparator.comparingLong(
                                (SimulatedNode node) -> node.disk().lastTerm())
                        .thenComparingLong(node -> node.disk().lastIndex()))
                .orElseThrow();
        return nodes.stream().noneMatch(SimulatedNode::isLeader)
                && !longest.raw().status().config().voters().contains(longest.id());
    }

    private void recoveryRound() {
        IdSet members = latestMembers();
        for (SimulatedNode node : nodes) {
            // Who was removed may not know it and would disturb the others with its campaigns.
            if (members.contains(node.id())) {
                node.call(raw -> raw.tick());
            }
        }
        boolean active = true;
        while (active) {
            active = false;
            for (SimulatedNode node : nodes) {
                active |= node.hasWork();
                node.workAll();
            }
            active |= network.hasNext();
            while (network.hasNext()) {
                deliver();
            }
        }
    }

    private boolean isSettled() {
        SimulatedNode leader = nodes.stream()
                .filter(SimulatedNode::isLeader)
                .max(Comparator.comparingLong(ClusterSimulation::termOf))
                .orElse(null);
        if (leader == null) {
            return false;
        }
        long settledIndex = leader.machine().appliedIndex();
        IdSet members = leader.raw()
                .status()
                .config()
                .voters()
                .ids()
                .union(leader.raw().status().config().learners());
        long commit = leader.raw().basicStatus().hardState().getCommit();
        boolean equal = settledIndex == commit
                && settledIndex == checker.highestCommit()
                && members.stream()
                        .mapToObj(id -> nodes.get((int) id - 1))
                        .allMatch(node -> node.machine().appliedIndex() == settledIndex);
        if (!equal) {
            return false;
        }
        // Then it must be able to commit something new as well.
        long before = commit;
        leader.call(raw -> raw.propose(ByteString.copyFromUtf8("last" + ++counter)));
        recoveryRound();
        return checker.highestCommit() > before;
    }

    private static long termOf(SimulatedNode node) {
        return node.raw().basicStatus().hardState().getTerm();
    }

    /** The members as the node sees them that has applied most. */
    private IdSet latestMembers() {
        SimulatedNode latest = nodes.stream()
                .max(Comparator.comparingLong(node -> node.machine().appliedIndex()))
                .orElseThrow();
        ConfState state = latest.machine().confState();
        return IdSet.of(state.getVotersList())
                .union(IdSet.of(state.getVotersOutgoingList()))
                .union(IdSet.of(state.getLearnersList()));
    }

    private SimulationSettings perfect() {
        return new SimulationSettings(
                settings.nodeCount(),
                settings.memberCount(),
                settings.learnerCount(),
                settings.asyncStorageWrites(),
                settings.durableStateMachine(),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                settings.tickPercent(),
                settings.config());
    }

    /** All that is known, for the message of a failure. */
    String describe() {
        StringBuilder text = new StringBuilder("settings: ").append(settings).append('\n');
        for (SimulatedNode node : nodes) {
            text.append(node).append(": ");
            if (node.isRunning()) {
                text.append(node.raw().status());
            } else {
                text.append("down");
            }
            text.append('\n');
        }
        return text.append(statistics).toString();
    }

    /** A number that depends on everything that happened. */
    long fingerprint() {
        long fingerprint = 0;
        for (SimulatedNode node : nodes) {
            fingerprint = 31 * fingerprint + node.machine().hash();
            fingerprint = 31 * fingerprint + node.disk().lastIndex();
        }
        return 31 * fingerprint + statistics.toString().hashCode();
    }
}
