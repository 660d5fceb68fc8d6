package io.raftboot.benchmarks.command;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.InputStream;

/** Answers each command with the same. */
public final class NothingMachine implements StateMachine {
    private static final byte[] RESULT = {1};

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        return RESULT;
    }

    @Override
    public byte[] query(byte[] query) {
        return RESULT;
    }

    @Override
    public SnapshotWriter snapshot() {
        return target -> {};
    }

    @Override
    public void restore(InputStream snapshot) {}
}
