package io.raftboot.spring.payload;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Which texts there were already, by digests of 122 bits, whatever their length. Used by one thread. */
final class KnownDigests {
    /** Number of digests that take some 20 MB. Of more, only those that are like one of the first are found. */
    private static final int MOST = 1 << 18;

    private final Set<UUID> known = new HashSet<>();

    /** Whether the text is new. */
    boolean isNew(String text) {
        UUID digest = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
        return known.size() < MOST ? known.add(digest) : !known.contains(digest);
    }
}
