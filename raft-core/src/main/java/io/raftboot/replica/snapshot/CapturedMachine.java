package io.raftboot.replica.snapshot;

import io.raftboot.api.SnapshotWriter;
import io.raftboot.replica.machine.CapturedSection;
import io.raftboot.replica.machine.MachineSlot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The state of a state machine, as it captured it. */
record CapturedMachine(MachineSlot slot, SnapshotWriter writer) implements CapturedSection {
    @Override
    public void writeTo(OutputStream out) throws IOException {
        writer.writeTo(out);
    }

    @Override
    public void verify(InputStream written) throws IOException {
        slot.machine().verify(written);
    }

    @Override
    public String owner() {
        return "the state machine '" + slot.name() + "'";
    }

    @Override
    public boolean isInterruptible() {
        return !slot.isDurable();
    }
}
