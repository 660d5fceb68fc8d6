package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.simulation.Links;
import io.raftboot.simulation.MessageTransports;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.SimulatedTransports;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.memory.MemoryNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The members of one group in a {@link Simulation}, with ids from 1 on, joined by a network in memory. */
final class SimulatedMembers {
    static final Duration TICK = Duration.ofMillis(10);
    static final int ELECTION_TICKS = 10;
    private static final int HEARTBEAT_TICKS = 2;
    private static final int MEBIBYTE = 1024 * 1024;

    private final @Nullable MemoryNetwork network;
    private final List<SimulatedMember> members = new ArrayList<>();

    /**
     * How the members differ from what a simulation has without further ado.
     *
     * @param change of their configuration
     * @param pace by their id, asked once
     */
    record Setup(UnaryOperator<ReplicaConfig.Builder> change, Seams seams, LongFunction<Pace> pace, Links links) {}

    /** Members that are joined by a network of messages. */
    SimulatedMembers(Simulation simulation, int size, Setup setup) {
        this(
                simulation,
                size,
                setup,
                new MessageTransports(new MemoryNetwork(simulation.host("network", Pace.EXACT)), setup.links));
    }

    SimulatedMembers(Simulation simulation, int size, Setup setup, SimulatedTransports transports) {
        network = transports instanceof MessageTransports messages ? messages.network() : null;
        var peers = new ArrayList<Peer>();
        for (long id = 1; id <= size; id++) {
            peers.add(new Peer(id, "member" + id, 7400));
        }
        for (long id = 1; id <= size; id++) {
            var config = setup.change.apply(config(id, peers)).build();
            var setting = new SimulatedMember.Setting(
                    config,
                    raftConfig(id),
                    Carriers.THREE,
                    setup.seams,
                    setup.pace.apply(id),
                    SimulatedMember.COMMANDS);
            members.add(new SimulatedMember(id, simulation, transports, setting));
        }
    }

    /** Nothing of it depends on the heap of the process that simulates. */
    private static ReplicaConfig.Builder config(long id, List<Peer> peers) {
        return ReplicaConfig.builder(Path.of("/data/" + id))
                .clusterName("simulated")
                .nodeId(id)
                .peers(peers)
                .storage(StorageKind.WAL)
                .tickInterval(TICK)
                .commandTimeout(Duration.ofSeconds(1))
                .maxPendingBytes(MEBIBYTE)
                .walCacheSizeBytes(MEBIBYTE)
                .walSegmentSizeBytes(MEBIBYTE / 16);
    }

    private static RaftConfig raftConfig(long id) {
        return RaftConfig.forReplica(ELECTION_TICKS, HEARTBEAT_TICKS)
                .id(id)
                .maxInflightBytes(8L * MEBIBYTE)
                .maxUncommittedEntriesSizeBytes(8L * MEBIBYTE)
                .build();
    }

    /** From their next starts on. */
    void watchBy(Watcher watcher) {
        members.forEach(member -> member.watchBy(watcher));
    }

    MemoryNetwork network() {
        return Objects.requireNonNull(network, "the members are joined by connections");
    }

    List<SimulatedMember> all() {
        return members;
    }

    SimulatedMember member(long id) {
        return members.get(Math.toIntExact(id - 1));
    }

    /** Those whose process runs, paused or not. */
    List<SimulatedMember> up() {
        return members.stream().filter(SimulatedMember::isUp).toList();
    }

    /** One that may act as leader. */
    Optional<SimulatedMember> leader() {
        return up().stream().filter(member -> member.running().view().ready()).findFirst();
    }

    /** Whether all are there, one leads, and all have applied as much. */
    boolean areAlike() {
        long applied = members.get(0).appliedIndex();
        return members.stream().allMatch(member -> member.isUp() && member.appliedIndex() == applied)
                && leader().isPresent();
    }

    void checkNoneFailed() {
        members.forEach(SimulatedMember::checkNotFailed);
    }
}
