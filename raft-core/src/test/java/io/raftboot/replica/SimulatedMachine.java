package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.proof.Hash;
import io.raftboot.simulation.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps every command in the order in which they come, and answers how many there are. For one thread. */
final class SimulatedMachine implements StateMachine, WatchedMachine.Hashed {
    static final String NAME = "commands";

    private final Simulation simulation;
    private final String owner;
    private final List<String> commands = new ArrayList<>();
    private int restores;
    private long hash;

    SimulatedMachine(Simulation simulation, String owner) {
        this.simulation = simulation;
        this.owner = owner;
    }

    List<String> commands() {
        return Collections.unmodifiableList(commands);
    }

    /** How often a snapshot has taken the place of the state. */
    int restores() {
        return restores;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) {
        var text = new String(command, UTF_8);
        add(text);
        simulation.note(owner, "applies " + text + " at " + context.index() + " term " + context.term());
        return number(commands.size());
    }

    private void add(String command) {
        commands.add(command);
        hash = Hash.mix(hash, Hash.of(command.getBytes(UTF_8)));
    }

    @Override
    public long stateHash() {
        return hash;
    }

    @Override
    public byte[] query(byte[] query) {
        return number(commands.size());
    }

    private static byte[] number(int value) {
        return Integer.toString(value).getBytes(UTF_8);
    }

    /** What an answer or a result of this machine says. */
    static int number(byte[] value) {
        return Integer.parseInt(new String(value, UTF_8));
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
        hash = 0;
        if (!text.isEmpty()) {
            List.of(text.split("\n")).forEach(this::add);
        }
        restores++;
        simulation.note(owner, "restores " + commands.size() + " commands");
    }
}
