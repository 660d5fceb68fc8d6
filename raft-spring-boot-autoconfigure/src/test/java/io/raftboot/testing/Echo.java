package io.raftboot.testing;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.InputStream;

/** A state machine without a state, which answers what it was told. */
public class Echo implements StateMachine {
    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        return command;
    }

    @Override
    public byte[] query(byte[] query) {
        return query;
    }

    @Override
    public SnapshotWriter snapshot() {
        return out -> {};
    }

    @Override
    public void restore(InputStream snapshot) {}
}
