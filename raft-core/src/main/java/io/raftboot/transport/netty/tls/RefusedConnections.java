package io.raftboot.transport.netty.tls;

import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the connections of others that this member refused, by reason. Counted on the event loop; read by any thread. */
public final class RefusedConnections {
    private static final String PREFIX = "REFUSAL_REASON_";

    private final Map<String, LongAdder> byReason = new TreeMap<>();

    public RefusedConnections() {
        for (var reason : Refused.values()) {
            byReason.put(word(reason), new LongAdder());
        }
        for (var reason : RefusalReason.values()) {
            if (isOfItsOwn(reason)) {
                byReason.put(word(reason), new LongAdder());
            }
        }
    }

    void count(Refused reason) {
        count(word(reason));
    }

    void count(RefusalReason reason) {
        if (isOfItsOwn(reason)) {
            count(word(reason));
        }
    }

    private void count(String word) {
        var counter = byReason.get(word);
        if (counter != null) {
            counter.increment();
        }
    }

    /** All reasons, a moment old. */
    public Map<String, Long> byReason() {
        var all = new TreeMap<String, Long>();
        byReason.forEach((reason, count) -> all.put(reason, count.sum()));
        return all;
    }

    /** A certificate that does not speak for the member has a word of its own; the others are no reasons. */
    private static boolean isOfItsOwn(RefusalReason reason) {
        return reason != RefusalReason.REFUSAL_REASON_UNSPECIFIED
                && reason != RefusalReason.REFUSAL_REASON_CERTIFICATE
                && reason != RefusalReason.UNRECOGNIZED;
    }

    private static String word(Refused reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    private static String word(RefusalReason reason) {
        return reason.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    }
}
