package io.raftboot.replica;

import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;
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
 * @param tracer follows the commands that are called in a trace
 * @param seams where a test changes what the product does
 */
record GroupParts(
        ReplicaConfig config,
        RaftConfig raftConfig,
        Map<String, MachineSlot> machines,
        ReplicaEvents events,
        MemberMeter meter,
        CommandTracer tracer,
        Seams seams) {
    /** One that does what the product does, and is neither measured nor traced. */
    GroupParts(ReplicaConfig config, RaftConfig raftConfig, Map<String, MachineSlot> machines, ReplicaEvents events) {
        this(config, raftConfig, machines, events, MemberMeter.NONE, CommandTracer.NONE, Seams.NONE);
    }
}
