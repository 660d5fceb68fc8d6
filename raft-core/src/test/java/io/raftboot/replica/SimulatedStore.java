package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.proof.Hash;
import io.raftboot.simulation.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Values by key. A command sets one, adds to one, or sets it if it is what the caller says; a query asks for one. For one thread.
 */
final class SimulatedStore implements StateMachine, WatchedMachine.Hashed {
    static final String NAME = "store";

    /** Between the words of a command; no key or value has it. */
    private static final String GAP = " ";

    private static final String NOTHING = "";

    private final Simulation simulation;
    private final String owner;
    private final Listener listener;
    private final TreeMap<String, String> values = new TreeMap<>();
    /** Sum of the hashes of all keys with their values, which no order of theirs changes. */
    private long hash;

    /** Hears of each command that is applied. */
    interface Listener {
        void applied(String owner, long index, Command command, String before);
    }

    SimulatedStore(Simulation simulation, String owner, Listener listener) {
        this.simulation = simulation;
        this.owner = owner;
        this.listener = listener;
    }

    /** What is done to a value. */
    enum Verb {
        SET,
        /** Puts another part behind what is there. */
        ADD,
        SWAP
    }

    /** @param expected what has to be there for {@link Verb#SWAP}; empty for no value, and for the others */
    record Command(Verb verb, String key, String value, String expected) {
        byte[] bytes() {
            return String.join(GAP, verb.name(), key, value, expected).getBytes(UTF_8);
        }

        static Command parse(byte[] bytes) {
            var words = new String(bytes, UTF_8).split(GAP, -1);
            return new Command(Verb.valueOf(words[0]), words[1], words[2], words[3]);
        }

        /** What the value is behind it. */
        String appliedTo(String present) {
            return switch (verb) {
                case SET -> value;
                case ADD -> present.isEmpty() ? value : present + "," + value;
                case SWAP -> present.equals(expected) ? value : present;
            };
        }
    }

    NavigableMap<String, String> values() {
        return values;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] bytes) {
        var command = Command.parse(bytes);
        var before = values.getOrDefault(command.key, NOTHING);
        put(command.key, command.appliedTo(before));
        listener.applied(owner, context.index(), command, before);
        simulation.note(owner, "applies " + command.value + " at " + context.index() + " term " + context.term());
        return before.getBytes(UTF_8);
    }

    private void put(String key, String value) {
        var former = values.put(key, value);
        hash -= former == null ? 0 : hash(key, former);
        hash += hash(key, value);
    }

    private static long hash(String key, String value) {
        return Hash.of((key + GAP + value).getBytes(UTF_8));
    }

    @Override
    public long stateHash() {
        return hash;
    }

    @Override
    public byte[] query(byte[] key) {
        return values.getOrDefault(new String(key, UTF_8), NOTHING).getBytes(UTF_8);
    }

    @Override
    public SnapshotWriter snapshot() {
        var captured = new TreeMap<>(values);
        return out -> {
            for (var value : captured.entrySet()) {
                out.write((value.getKey() + GAP + value.getValue() + "\n").getBytes(UTF_8));
            }
        };
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        values.clear();
        hash = 0;
        for (var line : List.of(new String(snapshot.readAllBytes(), UTF_8).split("\n"))) {
            int gap = line.indexOf(GAP);
            if (gap > 0) {
                put(line.substring(0, gap), line.substring(gap + 1));
            }
        }
        simulation.note(owner, "restores " + values.size() + " values");
    }
}
