package io.raftboot.replica;

import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SessionTable;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks how much is kept for commands that may be sent again, and says in time that it becomes too much: at the limit
 * commands are refused until something has ended, which may take an hour. {@link #tick} is for one thread, the rest for any.
 */
final class SessionWatch {
    private static final Logger log = LoggerFactory.getLogger(SessionWatch.class);

    /** Percentage from which on there is little room; below the second it is forgotten that there was. */
    static final int LITTLE_ROOM_PERCENT = 80;

    private static final int ROOM_AGAIN_PERCENT = 70;

    private final SessionPolicy policy;
    private final Collection<MachineSlot> machines;
    private final Set<String> warned = new HashSet<>();

    private record Use(String what, long used, long limit, String property) {
        int percent() {
            return (int) Math.min(Integer.MAX_VALUE, used * 100 / limit);
        }
    }

    SessionWatch(SessionPolicy policy, Collection<MachineSlot> machines) {
        this.policy = policy;
        this.machines = machines;
    }

    /** Sessions by state machine. */
    Map<String, ReplicaStatus.SessionState> states() {
        var states = new TreeMap<String, ReplicaStatus.SessionState>();
        for (MachineSlot slot : machines) {
            var size = slot.sessions().size();
            states.put(
                    slot.name(),
                    new ReplicaStatus.SessionState(
                            size.sessions(),
                            policy.maxSessions(),
                            size.keys(),
                            policy.maxKeys(),
                            size.keyBytes(),
                            policy.maxKeyBytes()));
        }
        return states;
    }

    /** Warns once of each limit that comes near. */
    void tick() {
        for (MachineSlot slot : machines) {
            for (Use use : uses(slot.sessions().size())) {
                look(slot.name(), use);
            }
        }
    }

    private List<Use> uses(SessionTable.Size size) {
        return List.of(
                new Use("sessions", size.sessions(), policy.maxSessions(), "raft.session.max-sessions"),
                new Use("idempotency keys", size.keys(), policy.maxKeys(), "raft.session.max-keys"),
                new Use(
                        "bytes of idempotency keys and results",
                        size.keyBytes(),
                        policy.maxKeyBytes(),
                        "raft.session.max-key-size"));
    }

    private void look(String machine, Use use) {
        var subject = machine + " " + use.what();
        if (use.percent() >= LITTLE_ROOM_PERCENT && warned.add(subject)) {
            log.warn(
                    "the state machine '{}' keeps {} {}, {} % of what {} allows ({}); at the limit commands are refused."
                            + " Raise it on all members, or keep them for a shorter time",
                    machine, use.used(), use.what(), use.percent(), use.property(), use.limit());
        } else if (use.percent() < ROOM_AGAIN_PERCENT && warned.remove(subject)) {
            log.info("the state machine '{}' keeps only {} {} again", machine, use.used(), use.what());
        }
    }
}
