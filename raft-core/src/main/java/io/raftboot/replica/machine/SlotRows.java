package io.raftboot.replica.machine;

import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.EntryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link DurableStateMachine} keeps for its slot beside the rows of the sessions: which cluster's log its index counts,
 * where that is not the directory's first, and which entries it has passed over. Owned by the apply stage.
 */
final class SlotRows {
    private static final String CLUSTER = "c";
    private static final String SKIPPED = "x/";

    private final Map<String, EntryName> skipped = new TreeMap<>();
    private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>();
    private long clusterId;

    /** As for a machine whose rows are about to be read. */
    void clear() {
        skipped.clear();
        changes.clear();
        clusterId = 0;
    }

    /**
     * Takes a row that was kept.
     *
     * @return false if it is one of the sessions
     * @throws IOException if it can't be read
     */
    boolean read(String name, byte[] row) throws IOException {
        if (name.equals(CLUSTER)) {
            if (row.length != Long.BYTES) {
                throw new IOException("the row '" + name + "' with the id of the cluster can't be read");
            }
            clusterId = ByteBuffer.wrap(row).getLong();
            return true;
        }
        if (!name.startsWith(SKIPPED)) {
            return false;
        }
        try {
            skipped.put(name, EntryName.valueOf(new String(row, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new IOException("the row '" + name + "' can't be read: " + e.getMessage(), e);
        }
        return true;
    }

    /** 0 if it was never said: then it is the first that the directory belonged to. */
    long clusterId() {
        return clusterId;
    }

    void clusterId(long newClusterId) {
        clusterId = newClusterId;
        changes.put(
                CLUSTER, ByteBuffer.allocate(Long.BYTES).putLong(newClusterId).array());
    }

    Iterable<EntryName> skipped() {
        return skipped.values();
    }

    boolean hasSkipped(EntryName entry) {
        return skipped.containsValue(entry);
    }

    void skip(EntryName entry) {
        String name = SKIPPED + entry;
        skipped.put(name, entry);
        changes.put(name, entry.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Adds what has changed to the rows that are to be kept. */
    void addChangesTo(Map<String, byte @Nullable []> rows) {
        if (!changes.isEmpty()) {
            rows.putAll(changes);
            changes.clear();
        }
    }
}
