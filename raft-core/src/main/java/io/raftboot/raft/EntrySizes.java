package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import java.util.List;

/** The two measures of entries: as they are encoded, and their payload alone. Limits are unsigned. */
final class EntrySizes {
    private EntrySizes() {}

    /** An unsigned limit as a signed one: nothing that is measured here comes near the difference. */
    static long signed(long unsignedLimit) {
        return unsignedLimit < 0 ? Long.MAX_VALUE : unsignedLimit;
    }

    /** How many of the entries fit into the limit; at least one if there is any, so that progress is always made. */
    static int countWithin(List<Entry> entries, long maxSizeBytes) {
        int count = entries.size();
        if (count <= 1 || maxSizeBytes == RaftConfig.NO_LIMIT) {
            return count;
        }
        long size = entries.get(0).getSerializedSize();
        for (int i = 1; i < count; i++) {
            size += entries.get(i).getSerializedSize();
            if (Long.compareUnsigned(size, maxSizeBytes) > 0) {
                return i;
            }
        }
        return count;
    }

    /** The first entries that fit into the limit, at least one if there is any. */
    static List<Entry> limit(List<Entry> entries, long maxSizeBytes) {
        int count = countWithin(entries, maxSizeBytes);
        return count == entries.size() ? entries : entries.subList(0, count);
    }

    static long encoded(List<Entry> entries) {
        long size = 0;
        for (int i = 0; i < entries.size(); i++) {
            size += entries.get(i).getSerializedSize();
        }
        return size;
    }

    static long payload(List<Entry> entries) {
        long size = 0;
        for (int i = 0; i < entries.size(); i++) {
            size += entries.get(i).getData().size();
        }
        return size;
    }
}
