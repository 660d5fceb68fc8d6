package io.raftboot.replica.membership;

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
import java.util.Map;

/** How a run of this member introduces itself: to the others in a handshake, and to the group in a command. */
public final class Introduction {
    private final ReplicaConfig config;
    private final MemberStorage storage;
    private final MemberRun run;

    /** Before anything of the run is written. */
    public Introduction(ReplicaConfig config, MemberStorage storage, long runId) {
        this.config = config;
        this.storage = storage;
        var reader = storage.reader();
        this.run = new MemberRun(
                runId,
                storage.identity().runs(),
                reader.initialState().hardState().getTerm(),
                reader.lastIndex());
    }

    public LocalMember toOthers() {
        var identity = storage.identity();
        return new LocalMember(
                identity.clusterId(), config.group(), config.nodeId(), identity.incarnation(), ownAddress(), run);
    }

    public MemberRecord toGroup(boolean leases, Map<String, MachineSlot> machines) {
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
                .setChangesMembers(true)
                .build();
    }

    private String ownAddress() {
        return config.peers().stream()
                .filter(peer -> peer.id() == config.nodeId())
                .map(Peer::address)
                .findFirst()
                .orElse("");
    }
}
