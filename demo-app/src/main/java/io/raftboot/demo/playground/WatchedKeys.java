package io.raftboot.demo.playground;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The keys whose values are shown: those that were written here last. Any thread. */
final class WatchedKeys {
    private static final int KEPT = 4;

    /** Guarded by this; the newest last. */
    private final Set<String> keys = new LinkedHashSet<>(Set.of("greeting"));

    synchronized void written(Write write) {
        if (write instanceof Write.Put put && !keys.contains(put.key())) {
            keys.add(put.key());
            if (keys.size() > KEPT) {
                keys.remove(keys.iterator().next());
            }
        }
    }

    synchronized List<String> all() {
        return new ArrayList<>(keys);
    }
}
