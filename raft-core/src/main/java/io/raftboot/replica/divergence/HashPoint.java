package io.raftboot.replica.divergence;

import io.raftboot.replica.proto.HashedMachine;
import io.raftboot.replica.proto.HashedPoint;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the state machines of a member came to at an index.
 *
 * @param machines by name; the replica's own one has the empty one
 */
public record HashPoint(long index, Map<String, MachineHashes> machines) {
    HashedPoint toProto() {
        var point = HashedPoint.newBuilder().setIndex(index);
        machines.forEach((name, hashes) -> point.addMachines(HashedMachine.newBuilder()
                .setName(name)
                .setState(hashes.state())
                .setSessions(hashes.sessions())
                .setResults(hashes.results())));
        return point.build();
    }

    /** What another member says, of the machines that this one has too. */
    static HashPoint of(HashedPoint point, Set<String> known) {
        var machines = new TreeMap<String, MachineHashes>();
        for (HashedMachine machine : point.getMachinesList()) {
            if (known.contains(machine.getName())) {
                machines.put(
                        machine.getName(),
                        new MachineHashes(machine.getState(), machine.getSessions(), machine.getResults()));
            }
        }
        return new HashPoint(point.getIndex(), machines);
    }
}
