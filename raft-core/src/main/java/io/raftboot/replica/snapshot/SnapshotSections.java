package io.raftboot.replica.snapshot;

import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.machine.CapturedSection;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.SystemState;
import io.raftboot.storage.snapshot.SnapshotFile;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is in a snapshot file: a section for the replica's own state machine, and one for each of the application's. */
public final class SnapshotSections {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSections.class);

    private SnapshotSections() {}

    /**
     * The state of all machines at one index, captured and not yet written.
     *
     * @param kind what the file will hold
     * @param system of the replica's own machine
     * @param sections by name, in the order of the file
     * @param durable machines that keep their state themselves, with a section or without
     */
    public record Captured(
            SnapshotKind kind, SystemState system, Map<String, CapturedSection> sections, List<Durable> durable) {
        /** Writes the file, and reads it back; on a thread where that may take its time. */
        public Snapshot writeTo(SnapshotStore store, long index, long term, ConfState confState, SnapshotWork work)
                throws IOException {
            var state =
                    system.toBuilder().putAllDurableIndexes(durableIndexes()).build();
            var file = kind == SnapshotKind.LOCAL
                    ? store.createLocal(index, term, confState)
                    : store.create(index, term, confState);
            try {
                try (var out = file.section(SystemMachine.SECTION)) {
                    state.writeTo(out);
                }
                for (var section : sections.entrySet()) {
                    try (var out = file.section(section.getKey())) {
                        write(section.getValue(), out, work);
                    }
                }
                var metadata = SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(confState)
                        .build();
                return file.commit(SnapshotReadBack.ofWritten(metadata, state, sections, work));
            } catch (Throwable e) {
                abort(file, e);
                throw e;
            }
        }

        private static void abort(SnapshotFile.Writer file, Throwable failure) {
            try {
                file.abort();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }

        /** What is wrong with the machine is told apart from what is wrong with the disk. */
        private static void write(CapturedSection section, OutputStream out, SnapshotWork work) throws IOException {
            try {
                work.write(section, out);
            } catch (RuntimeException | Error e) {
                throw SnapshotFailedException.notGiven(section.owner(), e);
            }
        }

        private Map<String, Long> durableIndexes() throws IOException {
            var indexes = new TreeMap<String, Long>();
            for (Durable machine : durable) {
                if (!sections.containsKey(machine.slot().name())) {
                    checkForced(machine);
                }
                indexes.put(machine.slot().name(), machine.ownIndex());
            }
            return indexes;
        }

        /** The log goes with this snapshot, so a machine that is left out must be able to do without it. */
        private static void checkForced(Durable machine) throws IOException {
            long forced = machine.slot().durableIndex();
            if (forced < machine.ownIndex()) {
                throw new IOException("'" + machine.slot().name() + "' has forced its state up to index " + forced
                        + " only, and had applied up to " + machine.ownIndex());
            }
        }
    }

    /**
     * A machine that keeps its state itself.
     *
     * @param ownIndex the last command in its state when the others were captured
     */
    record Durable(MachineSlot slot, long ownIndex) {}

    /** Before the name of a state machine: the section with its sessions. */
    private static final String SESSIONS = "$sessions/";

    /** On the apply stage. */
    public static Captured capture(SnapshotKind kind, SystemMachine system, Map<String, MachineSlot> machines) {
        var sections = new LinkedHashMap<String, CapturedSection>();
        var durable = new ArrayList<Durable>(0);
        machines.forEach((name, slot) -> {
            if (slot.isDurable()) {
                durable.add(new Durable(slot, slot.ownIndex()));
            }
            if (kind == SnapshotKind.COMPLETE || !slot.isDurable()) {
                sections.put(name, new CapturedMachine(slot, capture(slot)));
                if (!slot.isDurable() && !slot.sessions().isEmpty()) {
                    sections.put(SESSIONS + name, slot.sessions().capture(name));
                }
            }
        });
        return new Captured(kind, system.capture(), sections, durable);
    }

    private static SnapshotWriter capture(MachineSlot slot) {
        try {
            return Objects.requireNonNull(slot.machine().snapshot(), "snapshot() returned null");
        } catch (RuntimeException | Error e) {
            throw SnapshotFailedException.notGiven("the state machine '" + slot.name() + "'", e);
        }
    }

    /** On the apply stage: a machine that is further already, because it keeps its state itself, stays as it is. */
    public static void restore(
            SnapshotStore store, Snapshot snapshot, SystemMachine system, Map<String, MachineSlot> machines)
            throws IOException {
        long index = snapshot.getMetadata().getIndex();
        try (var file = store.open(snapshot)) {
            var state = systemState(file);
            for (String section : file.sections()) {
                checkKnown(section, index, machines);
            }
            for (var durable : state.getDurableIndexesMap().entrySet()) {
                checkKnown(durable.getKey(), index, machines);
                if (!file.sections().contains(durable.getKey())) {
                    checkNotBehind(Objects.requireNonNull(machines.get(durable.getKey())), durable.getValue());
                }
            }
            system.restore(state, index);
            for (MachineSlot slot : machines.values()) {
                if (slot.isHalfChanged()
                        || slot.appliedIndex() < state.getDurableIndexesOrDefault(slot.name(), index)) {
                    restore(file, slot, index);
                } else {
                    slot.passed(index);
                }
            }
        }
    }

    /** The cluster that a snapshot is of; 0 if it does not say. */
    public static long clusterId(SnapshotStore store, Snapshot snapshot) throws IOException {
        try (var file = store.open(snapshot)) {
            return systemState(file).getClusterId();
        }
    }

    static SystemState systemState(SnapshotFile.Reader file) throws IOException {
        try (var section = file.section(SystemMachine.SECTION)) {
            return section == null ? SystemState.getDefaultInstance() : SystemState.parseFrom(section);
        }
    }

    /** The state machine that a section belongs to. */
    static String machineOf(String section) {
        return section.startsWith(SESSIONS) ? section.substring(SESSIONS.length()) : section;
    }

    static void checkKnown(String section, long index, Map<String, MachineSlot> machines) {
        String machine = machineOf(section);
        if (!section.equals(SystemMachine.SECTION) && !machines.containsKey(machine)) {
            throw new UnknownCommandException("the snapshot at index " + index + " holds the state machine '" + machine
                    + "', which this application does not have; it has " + machines.keySet()
                    + ". Start a version of the application that has it");
        }
    }

    private static void checkNotBehind(MachineSlot slot, long forcedIndex) throws IOException {
        if (slot.appliedIndex() < forcedIndex) {
            throw new IOException("the state machine '" + slot.name() + "' has applied up to index "
                    + slot.appliedIndex() + ", but had forced its own state up to " + forcedIndex
                    + " when the log before was given up: its state was replaced by an older one, or is gone. Bring the"
                    + " newer one back. Without it this member can't go on: keep its directory as it is, and see"
                    + " docs/operations.md");
        }
    }

    private static void restore(SnapshotFile.Reader file, MachineSlot slot, long index) throws IOException {
        if (!file.sections().contains(slot.name())) {
            beginAsNew(slot, index);
            return;
        }
        try (var section = file.section(slot.name())) {
            slot.replace(index, () -> {
                slot.restore(Objects.requireNonNull(section), index);
                if (!slot.isDurable()) {
                    restoreSessions(file, slot);
                }
            });
        } catch (IOException | RuntimeException | Error e) {
            throw new IOException(
                    "'" + slot.name() + "' can't read its state in the snapshot at index " + index
                            + "; the file stays as it is: " + (e instanceof IOException ? e.getMessage() : e),
                    e);
        }
    }

    /** Whoever took the snapshot does not have the machine, so no command was ever applied to it up to there. */
    private static void beginAsNew(MachineSlot slot, long index) throws IOException {
        if (slot.isUsed()) {
            throw new IOException("the snapshot at index " + index + " has no state of '" + slot.name()
                    + "', but commands were applied to it here: it can't be made new again. Restart the application, so"
                    + " that it begins anew; if it keeps its state itself, empty that");
        }
        log.warn("the snapshot at index {} has no state of '{}': it is as new, from there on", index, slot.name());
        slot.isNewAt(index);
    }

    private static void restoreSessions(SnapshotFile.Reader file, MachineSlot slot) throws IOException {
        try (var section = file.section(SESSIONS + slot.name())) {
            if (section == null) {
                slot.sessions().clear();
            } else {
                slot.sessions().restore(section);
            }
        }
    }
}
