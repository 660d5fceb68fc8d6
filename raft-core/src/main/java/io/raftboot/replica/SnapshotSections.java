package io.raftboot.replica;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.SnapshotFile;
import io.raftboot.storage.SnapshotStore;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is in a snapshot file: a section for the replica's own state machine, and one for each of the application's. */
final class SnapshotSections {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSections.class);

    private SnapshotSections() {}

    /**
     * The state of all machines at one index, captured and not yet written.
     *
     * @param sections writers by section, in the order of the file
     */
    record Captured(Map<String, SnapshotWriter> sections) {
        /** Writes the file; on a thread where that may take its time. */
        Snapshot writeTo(SnapshotStore store, long index, long term, ConfState confState) throws IOException {
            var file = store.create(index, term, confState);
            try {
                for (var section : sections.entrySet()) {
                    try (var out = file.section(section.getKey())) {
                        section.getValue().writeTo(out);
                    }
                }
                return file.commit();
            } catch (IOException | RuntimeException e) {
                file.abort();
                throw e;
            }
        }
    }

    /** On the apply stage. */
    static Captured capture(SystemMachine system, Map<String, MachineSlot> machines) {
        var sections = new LinkedHashMap<String, SnapshotWriter>();
        sections.put(SystemMachine.SECTION, system.snapshot());
        machines.forEach((name, slot) -> sections.put(name, slot.machine().snapshot()));
        return new Captured(sections);
    }

    /** On the apply stage: a machine that is further already, because it keeps its state itself, stays as it is. */
    static void restore(SnapshotStore store, Snapshot snapshot, SystemMachine system, Map<String, MachineSlot> machines)
            throws IOException {
        long index = snapshot.getMetadata().getIndex();
        try (var file = store.open(snapshot)) {
            for (String section : file.sections()) {
                if (!section.equals(SystemMachine.SECTION) && !machines.containsKey(section)) {
                    throw new UnknownCommandException("the snapshot at index " + index
                            + " holds the state machine '" + section
                            + "', which this application does not have; it has "
                            + machines.keySet() + ". Start a version of the application that has it");
                }
            }
            try (var section = file.section(SystemMachine.SECTION)) {
                if (section != null) {
                    system.restore(section, index);
                }
            }
            for (MachineSlot slot : machines.values()) {
                if (slot.appliedIndex() < index) {
                    restore(file, slot, index);
                }
            }
        }
    }

    private static void restore(SnapshotFile.Reader file, MachineSlot slot, long index) throws IOException {
        try (var section = file.section(slot.name())) {
            if (section == null) {
                log.warn(
                        "the snapshot at index {} has no state of '{}': it is as new, from there on",
                        index,
                        slot.name());
            } else {
                slot.machine().restore(section);
            }
        } catch (IOException e) {
            throw new IOException(
                    "'" + slot.name() + "' can't read its state in the snapshot at index " + index
                            + "; the file stays as it is: " + e.getMessage(),
                    e);
        }
        slot.appliedUpTo(index);
    }
}
