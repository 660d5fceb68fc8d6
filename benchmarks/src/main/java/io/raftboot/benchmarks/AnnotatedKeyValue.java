package io.raftboot.benchmarks;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link KeyValueMachine} as an application would write it. */
@RaftStateMachine(ModelCluster.MACHINE)
class AnnotatedKeyValue {
    static final String PUT_TEXT = "putText";
    static final String PUT_BYTES = "putBytes";
    static final String KEY = "key";
    static final String VALUE = "value";

    private final Map<Long, String> values = new HashMap<>();

    @RaftCommand(PUT_TEXT)
    void put(long key, String value) {
        values.put(key, value);
    }

    @RaftCommand(PUT_BYTES)
    void put(long key, byte[] value) {
        values.put(key, new String(value, StandardCharsets.ISO_8859_1));
    }

    @RaftQuery
    @Nullable
    String get(long key) {
        return values.get(key);
    }

    @RaftSnapshot(detached = true)
    Map<Long, String> save() {
        return new HashMap<>(values);
    }

    @RaftRestore
    void restore(Map<Long, String> snapshot) {
        values.clear();
        values.putAll(snapshot);
    }
}
