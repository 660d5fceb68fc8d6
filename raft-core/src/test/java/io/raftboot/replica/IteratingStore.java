package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.SimulatedStore.Command;
import io.raftboot.replica.SimulatedStore.Verb;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A store with a mistake of applications in it: one of its commands is answered with what comes first in an iteration, and who was
 * restored from a snapshot iterates in another order than who has applied all commands.
 */
final class IteratingStore implements StateMachine {
    /** The command with the mistake. */
    static final Verb MISTAKEN = Verb.SWAP;

    private final SimulatedStore store;
    private final Set<String> keys = new LinkedHashSet<>();

    IteratingStore(SimulatedStore store) {
        this.store = store;
    }

    SimulatedStore store() {
        return store;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] bytes) {
        var command = Command.parse(bytes);
        keys.add(command.key());
        var before = store.apply(context, bytes);
        return command.verb() == MISTAKEN ? keys.iterator().next().getBytes(UTF_8) : before;
    }

    @Override
    public byte[] query(byte[] key) {
        return store.query(key);
    }

    @Override
    public SnapshotWriter snapshot() {
        return store.snapshot();
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        store.restore(snapshot);
        keys.clear();
        keys.addAll(store.values().keySet());
    }

    @Override
    public Set<String> commandNames() {
        return Stream.of(Verb.values()).map(Verb::name).collect(Collectors.toSet());
    }

    @Override
    public String commandName(InputStream command) throws IOException {
        return Command.parse(command.readAllBytes()).verb().name();
    }
}
