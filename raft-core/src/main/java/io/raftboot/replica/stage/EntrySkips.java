package io.raftboot.replica.stage;

import io.raftboot.api.EntryName;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.machine.MachineSlot;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which entries the operator wants this member to pass over. Owned by the apply stage. */
final class EntrySkips {
    private static final Logger log = LoggerFactory.getLogger(EntrySkips.class);

    private final Set<EntryName> names = new HashSet<>();
    private final Set<Long> indexes = new HashSet<>();

    EntrySkips(List<EntryName> configured) {
        configured.forEach(this::add);
    }

    /** What was passed over once is passed over again, whether or not the operator still says so. */
    void addThoseOf(Iterable<MachineSlot> machines) {
        machines.forEach(slot -> slot.skipped().forEach(this::add));
    }

    private void add(EntryName name) {
        names.add(name);
        indexes.add(name.index());
    }

    /** Whether it is one of them: all of its name counts. */
    boolean names(Entry entry) {
        if (names.isEmpty() || !indexes.contains(entry.getIndex())) {
            return false;
        }
        var name = EntryName.of(entry);
        boolean named = names.contains(name);
        if (!named) {
            log.error("raft.apply.skip does not name entry {}, whose index it has: it is applied", name);
        }
        return named;
    }
}
