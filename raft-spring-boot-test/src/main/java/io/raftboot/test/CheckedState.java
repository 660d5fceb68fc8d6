package io.raftboot.test;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.spring.machine.WrappedStateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * An annotated state machine that writes its state after commands, not only when a snapshot is due, which in a test is never. By
 * the index, so that all members fail the same command.
 */
final class CheckedState implements WrappedStateMachine {
    /** Index in the log up to which the state is written after each command. */
    private static final long EACH_UNTIL = 128;

    /** Number of which, from there on, an index has to be a multiple: a long test has a large state. */
    private static final long EVERY = 64;

    private static final ThreadLocal<Boolean> WRITTEN = new ThreadLocal<>();

    private final String name;
    private final StateMachine machine;

    CheckedState(String name, StateMachine machine) {
        this.name = name;
        this.machine = machine;
    }

    @Override
    public StateMachine wrapped() {
        return machine;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        byte[] result = machine.apply(context, command);
        if (context.index() <= EACH_UNTIL || context.index() % EVERY == 0) {
            WRITTEN.set(true);
            try {
                machine.snapshot().writeTo(OutputStream.nullOutputStream());
            } catch (IOException | RuntimeException e) {
                throw new IllegalStateException(
                        "the command was applied, but the state of '" + name + "' can't be a snapshot: "
                                + e.getMessage(),
                        e);
            } finally {
                WRITTEN.remove();
            }
        }
        return result;
    }

    /** Whether what this thread writes is a state. */
    static boolean isWritten() {
        return Boolean.TRUE.equals(WRITTEN.get());
    }

    @Override
    public byte[] query(byte[] query) throws Exception {
        return machine.query(query);
    }

    @Override
    public SnapshotWriter snapshot() {
        return machine.snapshot();
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        machine.restore(snapshot);
    }

    @Override
    public void verify(InputStream snapshot) throws IOException {
        machine.verify(snapshot);
    }

    @Override
    public boolean hasSnapshots() {
        return machine.hasSnapshots();
    }

    @Override
    public boolean readsConcurrently() {
        return machine.readsConcurrently();
    }
}
