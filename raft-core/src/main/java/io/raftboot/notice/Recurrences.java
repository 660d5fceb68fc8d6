package io.raftboot.notice;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Tells of each thing whether to say it now: at first, and then once a minute for as long as it goes on. Any thread. */
public final class Recurrences {
    /** The answer for what was said less than a minute ago. */
    public static final long KEPT = -1;

    /** Strangers on a port may choose what is remembered here, so it ends somewhere; then it starts over. */
    private static final int MAX_REMEMBERED = 512;

    private static final long REPEAT_NANOS = 60_000_000_000L;

    private final LongSupplier nanoClock;
    private final Map<String, Said> said = new HashMap<>();

    /** When something was said last, and how often it would have been said since. */
    private static final class Said {
        private long nanos;
        private long kept;

        Said(long nanos) {
            this.nanos = nanos;
        }
    }

    /**
     * @param nanoClock monotonic, in nanoseconds; it may run over
     */
    public Recurrences(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** {@link #KEPT}, or how often it happened since it was said last, this time included; 0 for the first time. */
    public synchronized long seen(String key) {
        long now = nanoClock.getAsLong();
        Said before = said.get(key);
        if (before == null) {
            if (said.size() >= MAX_REMEMBERED) {
                said.clear();
            }
            said.put(key, new Said(now));
            return 0;
        }
        if (now - before.nanos < REPEAT_NANOS) {
            before.kept++;
            return KEPT;
        }
        long times = before.kept;
        before.nanos = now;
        before.kept = 0;
        // Something that did not happen for so long that nothing was kept back is a new thing.
        return times == 0 ? 0 : times + 1;
    }

    /** What begins with this is over: it is said again when it comes back. */
    public synchronized void forget(String prefix) {
        said.keySet().removeIf(key -> key.startsWith(prefix));
    }

    /** How many were kept back and not counted in anything said since; from now on they are. */
    public synchronized long takeKept() {
        long sum = said.values().stream().mapToLong(one -> one.kept).sum();
        said.values().forEach(one -> one.kept = 0);
        return sum;
    }
}
