package io.raftboot.autoconfigure.actuate;

import io.raftboot.transport.tls.TransportSecurity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How TLS between the members is, in the words of the health. */
final class TlsHealth {
    private TlsHealth() {}

    static Map<String, Object> of(TransportSecurity.Status status, Instant now) {
        var details = new LinkedHashMap<String, Object>();
        details.put("mode", status.mode().name().toLowerCase(Locale.ROOT));
        details.put("certificateExpires", status.expiresAt().toString());
        details.put("daysToExpiry", Duration.between(now, status.expiresAt()).toDays());
        if (status.rejectedUpdate() != null) {
            details.put("rejectedUpdate", status.rejectedUpdate());
        }
        if (!status.plainPeers().isEmpty()) {
            details.put(
                    "connectedWithoutTls", status.plainPeers().stream().sorted().toList());
        }
        if (!status.refused().isEmpty()) {
            var refused = new LinkedHashMap<String, Long>();
            status.refused()
                    .forEach((kind, count) ->
                            refused.put(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
            details.put("refused", refused);
        }
        return details;
    }
}
