package io.raftboot.replica.snapshot;

import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.replica.machine.CapturedSection;
import io.raftboot.replica.machine.CapturedSessions;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.SystemState;
import io.raftboot.storage.snapshot.SnapshotCheck;
import io.raftboot.storage.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a snapshot back before anybody relies on it: one that was written here before the log behind it is given up, one that
 * another member sent before it takes the place of the log and of the snapshots that are there. On the thread that wrote or
 * received it, side by side with the stages; streamed, so that no section is in memory as a whole.
 */
final class SnapshotReadBack {
    private SnapshotReadBack() {}

    /**
     * Of a snapshot that was written here: all that was to be in it is in it, and gives what was captured.
     *
     * @param metadata where in the log it is, and the configuration there
     * @param system the state of the replica's own machine
     * @param sections by name, in the order of the file
     */
    static SnapshotCheck ofWritten(
            SnapshotMetadata metadata, SystemState system, Map<String, CapturedSection> sections, SnapshotWork work) {
        return file -> {
            if (!file.snapshot().getMetadata().equals(metadata)) {
                throw new IOException("the header of the snapshot is not what was written");
            }
            var expected = new ArrayList<>(List.of(SystemMachine.SECTION));
            expected.addAll(sections.keySet());
            if (!List.copyOf(file.sections()).equals(expected)) {
                throw new IOException("the snapshot was to hold " + expected + ", and holds " + file.sections());
            }
            if (!SnapshotSections.systemState(file).equals(system)) {
                throw new IOException("the state of the replica itself is not what was written");
            }
            for (var section : sections.entrySet()) {
                readBack(file, section.getKey(), section.getValue(), work);
            }
        };
    }

    /**
     * Of a snapshot that another member sent, which may run another version of the application: this member can restore it.
     *
     * @param machines of this member
     */
    static SnapshotCheck ofReceived(Map<String, MachineSlot> machines, SnapshotWork work) {
        return file -> {
            long index = file.snapshot().getMetadata().getIndex();
            for (String name : file.sections()) {
                SnapshotSections.checkKnown(name, index, machines);
                if (name.equals(SystemMachine.SECTION)) {
                    SnapshotSections.systemState(file);
                } else {
                    readBack(file, name, received(name, machines), work);
                }
            }
        };
    }

    private static CapturedSection received(String section, Map<String, MachineSlot> machines) {
        var machine = machines.get(section);
        return machine == null
                ? new ReceivedSessions(SnapshotSections.machineOf(section))
                : new CapturedMachine(machine, out -> {});
    }

    private static void readBack(SnapshotFile.Reader file, String name, CapturedSection section, SnapshotWork work)
            throws IOException {
        try (var in = Objects.requireNonNull(file.section(name))) {
            work.readBack(section, in);
        } catch (Exception | Error e) {
            throw SnapshotFailedException.notReadBack(section.owner(), e);
        }
    }

    /** Sessions that another member wrote: what they were there is not known here. */
    private record ReceivedSessions(String machine) implements CapturedSection {
        @Override
        public void writeTo(OutputStream out) {}

        @Override
        public void verify(InputStream written) throws IOException {
            CapturedSessions.verifyReceived(written);
        }

        @Override
        public String owner() {
            return "the replica, with the sessions of '" + machine + "',";
        }

        @Override
        public boolean isInterruptible() {
            return true;
        }
    }
}
