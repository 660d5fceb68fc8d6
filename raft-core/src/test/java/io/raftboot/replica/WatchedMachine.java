package io.raftboot.replica;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.proof.Hash;
import io.raftboot.proof.Observer;
import io.raftboot.replica.machine.SessionTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A state machine with somebody who sees what is applied to it. The state that it has come to is told with each command where the
 * machine can say it as a number, and the sessions that are kept beside it with every few, as they cost more to read. For one thread.
 */
final class WatchedMachine implements StateMachine {
    /** Indexes that are multiples of it, so that members that meet at one tell of the same. */
    private static final int SESSIONS_EVERY = 8;

    private final long member;
    private final StateMachine machine;
    private final Observer observer;
    private @Nullable SessionTable sessions;
    private boolean restored;

    /** A machine whose state can be said as a number: equal for equal states, however the machine has come to it. */
    interface Hashed {
        long stateHash();
    }

    WatchedMachine(long member, StateMachine machine, Observer observer) {
        this.member = member;
        this.machine = machine;
        this.observer = observer;
    }

    /** The sessions that are part of the same state. */
    void keptWith(SessionTable table) {
        sessions = table;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        long index = context.index();
        observer.commandApplied(member, index, context.term(), command);
        tell("before a command", index);
        restored = false;
        return machine.apply(context, command);
    }

    /** All up to this entry has been applied, whether or not it came to the machine. */
    void applied(long index) {
        tell("behind an entry", index);
    }

    private void tell(String when, long index) {
        if (machine instanceof Hashed hashed) {
            observer.state(member, "state " + when, index, hashed.stateHash(), restored);
        }
        if (index % SESSIONS_EVERY == 0) {
            tellSessions(when, index);
        }
    }

    private void tellSessions(String when, long index) {
        var bytes = new ByteArrayOutputStream();
        try {
            Objects.requireNonNull(sessions).capture().writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        observer.state(member, "sessions " + when, index, Hash.of(bytes.toByteArray()), restored);
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
        restored = true;
    }

    @Override
    public void verify(InputStream snapshot) throws IOException {
        machine.verify(snapshot);
    }

    @Override
    public Set<String> commandNames() {
        return machine.commandNames();
    }

    @Override
    public String commandName(InputStream command) throws IOException {
        return machine.commandName(command);
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
