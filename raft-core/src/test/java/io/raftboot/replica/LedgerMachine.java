package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.api.StateMachineFailureException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A state machine for tests: remembers every command, in order; some commands make it fail. */
public final class LedgerMachine implements StateMachine {
    public static final String NAME = "ledger";
    static final String FAIL = "fail";
    static final String BREAK = "break";

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private volatile @Nullable Replica askedWhileApplying;

    /** All applied so far; for tests that look from outside. */
    public List<String> commands() {
        return commands;
    }

    /** Starts anew, so that a test can send much without the state growing. */
    void forget() {
        commands.clear();
    }

    void askWhileApplying(Replica replica) {
        askedWhileApplying = replica;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        String text = new String(command, UTF_8);
        if (text.equals(FAIL)) {
            throw new IllegalArgumentException("asked to fail");
        }
        if (text.equals(BREAK)) {
            throw new StateMachineFailureException("the database is gone", new IOException("connection refused"));
        }
        var replica = askedWhileApplying;
        if (replica != null) {
            var unused = replica.submit(NAME, command, null);
        }
        commands.add(text);
        return ("#" + commands.size()).getBytes(UTF_8);
    }

    @Override
    public byte[] query(byte[] query) {
        return String.join(",", commands).getBytes(UTF_8);
    }

    @Override
    public SnapshotWriter snapshot() {
        var captured = String.join("\n", commands);
        return out -> out.write(captured.getBytes(UTF_8));
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        var text = new String(snapshot.readAllBytes(), UTF_8);
        commands.clear();
        if (!text.isEmpty()) {
            commands.addAll(List.of(text.split("\n")));
        }
    }
}
