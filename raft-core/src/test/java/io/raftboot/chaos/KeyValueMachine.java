package io.raftboot.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.linearizability.Call;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys with values, and a digest of all commands in their order. A command is an operation's text as of {@link #command}; a query
 * is a key.
 */
final class KeyValueMachine implements StateMachine {
    static final String NAME = "kv";

    private static final String DIVIDER = "|";
    private static final long PRIME = 0x100000001B3L;

    private final Map<String, String> values = new TreeMap<>();
    private long lastIndex;
    private long digest;

    /** The text of a write; a read has none. */
    static String command(String key, Call call) {
        if (call instanceof Call.Write write) {
            return String.join(DIVIDER, "write", key, write.element());
        }
        if (call instanceof Call.Append append) {
            return String.join(DIVIDER, "append", key, append.element());
        }
        if (call instanceof Call.CompareAndSet set) {
            return String.join(DIVIDER, "set", key, set.element(), set.expected());
        }
        throw new IllegalArgumentException("a read is no command");
    }

    private static Call call(String[] words) {
        return switch (words[0]) {
            case "write" -> new Call.Write(words[2]);
            case "append" -> new Call.Append(words[2]);
            case "set" -> new Call.CompareAndSet(words[3], words[2]);
            default -> throw new IllegalArgumentException("'" + words[0] + "' is no command");
        };
    }

    /** Index of the last command, digest of all of them, digest of the state: equal on members with equal index. */
    synchronized String state() {
        long state = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            state = mix(mix(state, entry.getKey()), entry.getValue());
        }
        return lastIndex + " " + Long.toHexString(digest) + " " + Long.toHexString(state);
    }

    @Override
    public synchronized byte[] apply(CommandContext context, byte[] command) {
        String text = new String(command, UTF_8);
        var words = text.split("\\|", -1);
        var call = call(words);
        String before = values.getOrDefault(words[1], Call.EMPTY);
        values.put(words[1], call.after(before));
        lastIndex = context.index();
        digest = mix(digest * PRIME + lastIndex, text);
        // What a write is answered is kept for those that come again, so it is short.
        return (call instanceof Call.CompareAndSet ? call.answer(before) : "").getBytes(UTF_8);
    }

    private static long mix(long digest, String text) {
        long mixed = digest;
        for (int i = 0; i < text.length(); i++) {
            mixed = (mixed ^ text.charAt(i)) * PRIME;
        }
        return (mixed ^ text.length()) * PRIME;
    }

    @Override
    public synchronized byte[] query(byte[] query) {
        return values.getOrDefault(new String(query, UTF_8), Call.EMPTY).getBytes(UTF_8);
    }

    @Override
    public synchronized SnapshotWriter snapshot() {
        var captured = new TreeMap<>(values);
        long capturedIndex = lastIndex;
        long capturedDigest = digest;
        return stream -> {
            var out = new DataOutputStream(stream);
            out.writeLong(capturedIndex);
            out.writeLong(capturedDigest);
            out.writeInt(captured.size());
            for (Map.Entry<String, String> entry : captured.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
            out.flush();
        };
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        var in = new DataInputStream(snapshot);
        lastIndex = in.readLong();
        digest = in.readLong();
        values.clear();
        for (int left = in.readInt(); left > 0; left--) {
            values.put(in.readUTF(), in.readUTF());
        }
    }
}
