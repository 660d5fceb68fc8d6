package io.raftboot.autoconfigure;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.Peer;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaConfig;
import io.raftboot.replica.StateMachine;
import io.raftboot.transport.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Translates properties into what a member is made of. */
@SuppressWarnings("DoNotCallSuggester")
final class MemberFactory {
    private MemberFactory() {}

    /** @throws InvalidRaftPropertyException if properties and peers do not fit each other */
    static ReplicaConfig replicaConfig(RaftProperties properties, List<Peer> peers) {
        // Again, because a RaftClusterDetails bean may say something else than the properties.
        PropertyChecks.peers(properties.nodeId(), peers, properties.join());
        return new ReplicaConfig(
                properties.clusterName(),
                "default",
                properties.memberId(),
                peers,
                properties.join(),
                properties.storage(),
                Path.of(properties.dataDir()).toAbsolutePath().normalize(),
                properties.tickInterval(),
                properties.commandTimeout(),
                (int) properties.maxCommandSize().toBytes(),
                properties.maxPendingCommands(),
                properties.snapshot().intervalEntries(),
                properties.snapshot().keepEntries(),
                properties.wal().segmentSize().toBytes(),
                properties.wal().cacheSize().toBytes());
    }

    static Transport transport(RaftProperties properties, List<Peer> peers) {
        throw new UnsupportedOperationException("no transport yet for " + properties.memberId() + " of " + peers);
    }

    static Replica replica(
            ReplicaConfig config,
            RaftConfig raftConfig,
            Transport transport,
            Supplier<Map<String, StateMachine>> machines) {
        throw new UnsupportedOperationException(
                "no replica yet for " + config + raftConfig + transport + machines.getClass());
    }
}
