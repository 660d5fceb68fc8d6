package io.raftboot.replica;

import io.raftboot.raft.proto.Snapshot;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.StateMachineInfo;
import io.raftboot.replica.proto.StateMachines;
import io.raftboot.storage.MemberStorage;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.Transport;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running member has open, and who it is.
 *
 * @param base  where the log begins
 * @param runId random, and another one at each start: it is in every id by which an answer finds its question, so that what
 *     an earlier run of this member asked is never taken for a question of this one
 */
record OpenParts(ReplicaConfig config, Transport transport, MemberStorage storage, Base base, long runId) {
    private static final Logger log = LoggerFactory.getLogger(OpenParts.class);

    /**
     * What the log begins behind.
     *
     * @param hasFile whether there is a snapshot file to restore the state machines from; a new cluster has none
     */
    record Base(Snapshot snapshot, boolean hasFile) {}

    /** The run that begins now, before anything of it is written. */
    MemberRun newRun() {
        var reader = storage.reader();
        return new MemberRun(
                runId,
                storage.identity().runs(),
                reader.initialState().hardState().getTerm(),
                reader.lastIndex());
    }

    LocalMember localMember(MemberRun run) {
        var identity = storage.identity();
        return new LocalMember(
                identity.clusterId(), config.group(), config.nodeId(), identity.incarnation(), ownAddress(), run);
    }

    MemberRecord self(MemberRun run, boolean leases, Map<String, MachineSlot> machines) {
        var known = StateMachines.newBuilder();
        machines.values()
                .forEach(slot -> known.addMachines(StateMachineInfo.newBuilder()
                        .setName(slot.name())
                        .addAllCommands(
                                slot.machine().commandNames().stream().sorted().toList())));
        return MemberRecord.newBuilder()
                .setId(config.nodeId())
                .setAddress(ownAddress())
                .setIncarnation(storage.identity().incarnation())
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setRuns(run.number())
                .setRunId(run.id())
                .setLeases(leases)
                .setStateMachines(known)
                .build();
    }

    /** Whether this member has yet to find its cluster: it does not know which one it is, or not who is in it. */
    boolean searchesCluster() {
        return storage.identity().clusterId() == 0
                || base.snapshot().getMetadata().getConfState().getVotersCount() == 0;
    }

    void close() {
        try {
            storage.close();
        } catch (IOException e) {
            log.error("closing the log failed; what was acknowledged had been forced before", e);
        }
    }

    private String ownAddress() {
        return config.peers().stream()
                .filter(peer -> peer.id() == config.nodeId())
                .map(Peer::address)
                .findFirst()
                .orElse("");
    }
}
