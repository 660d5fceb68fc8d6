package io.raftboot.demo.kv;

import com.google.protobuf.ByteString;
import io.raftboot.api.CommandContext;
import io.raftboot.demo.kv.proto.KeyValue;
import io.raftboot.demo.kv.proto.KeyValueState;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys and values, alike on all members. Whoever has this injected changes and reads all of them. */
@RaftStateMachine("kv")
public class KeyValueStore {
    private final Map<String, byte[]> entries = new TreeMap<>();

    /**
     * What a write found and where it stands.
     *
     * @param previous value before it, or null
     * @param index of the command in the log
     */
    @SuppressWarnings("ArrayRecordComponent") // made, encoded and dropped
    public record Written(byte @Nullable [] previous, long index) {}

    /**
     * What a compare-and-set did.
     *
     * @param swapped whether the value was the expected one, and is the update now
     * @param current value after it, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // made, encoded and dropped
    public record Swapped(boolean swapped, byte @Nullable [] current) {}

    @RaftCommand
    public Written put(String key, byte[] value) {
        return new Written(entries.put(key, value), CommandContext.current().index());
    }

    @RaftCommand
    public Written delete(String key) {
        return new Written(entries.remove(key), CommandContext.current().index());
    }

    /**
     * Changes a value if it is the expected one.
     *
     * @param expected null for a key that is not there
     * @param update null to delete the key
     */
    @RaftCommand
    public Swapped compareAndSet(String key, byte @Nullable [] expected, byte @Nullable [] update) {
        byte[] current = entries.get(key);
        if (!Arrays.equals(current, expected)) {
            return new Swapped(false, current);
        }
        if (update == null) {
            entries.remove(key);
        } else {
            entries.put(key, update);
        }
        return new Swapped(true, update);
    }

    /** The value, or null. */
    @RaftQuery
    public byte @Nullable [] get(String key) {
        return entries.get(key);
    }

    @RaftSnapshot(detached = true)
    KeyValueState save() {
        var state = KeyValueState.newBuilder();
        entries.forEach((key, value) -> state.addEntriesBuilder().setKey(key).setValue(ByteString.copyFrom(value)));
        return state.build();
    }

    @RaftRestore
    void restore(KeyValueState snapshot) {
        entries.clear();
        for (KeyValue entry : snapshot.getEntriesList()) {
            entries.put(entry.getKey(), entry.getValue().toByteArray());
        }
    }
}
