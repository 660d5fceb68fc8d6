package io.raftboot.replica;

import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.Observers;
import io.raftboot.replica.leader.ReplicaEvents;
import io.raftboot.replica.machine.MachineSlot;
import java.util.Map;

/**
 * What makes a member one of its group.
 *
 * @param machines by name
 * @param events what listeners are told
 * @param observers told of the member's work, and of what happens to it
 * @param seams where a test changes what the product does
 */
record GroupParts(
        ReplicaConfig config,
        RaftConfig raftConfig,
        Map<String, MachineSlot> machines,
        ReplicaEvents events,
        Observers observers,
        Seams seams) {
    /** One that does what the product does, and is not observed. */
    GroupParts(ReplicaConfig config, RaftConfig raftConfig, Map<String, MachineSlot> machines, ReplicaEvents events) {
        this(config, raftConfig, machines, events, Observers.NONE, Seams.NONE);
    }
}
