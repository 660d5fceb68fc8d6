package io.raftboot.replica;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A state machine without a state, whose parts a test replaces. */
public class StubMachine implements StateMachine {
    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) throws Exception {
        return new byte[0];
    }

    @Override
    public SnapshotWriter snapshot() {
        return this::write;
    }

    void write(OutputStream out) throws IOException {}

    @Override
    public void restore(InputStream snapshot) {}
}
