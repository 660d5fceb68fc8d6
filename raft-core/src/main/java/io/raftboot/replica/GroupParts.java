package io.raftboot.replica;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import java.util.Map;

/**
 * What makes a member one of its group.
 *
 * @param machines by name
 * @param meter told of the member's work
 * @param seams where a test changes what the product does
 */
record GroupParts(
        ReplicaConfig config,
        RaftConfig raftConfig,
        Map<String, MachineSlot> machines,
        ReplicaEvents events,
        MemberMeter meter,
        Seams seams) {
    /** One that does what the product does, and is not measured. */
    GroupParts(ReplicaConfig config, RaftConfig raftConfig, Map<String, MachineSlot> machines, ReplicaEvents events) {
        this(config, raftConfig, machines, events, MemberMeter.NONE, Seams.NONE);
    }
}
