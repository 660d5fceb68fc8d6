package io.raftboot.autoconfigure.actuate;

import io.raftboot.transport.tls.TransportSecurity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** How TLS between the members is, in the words of the health: what is as it should be is left out. */
final class TlsHealth {
    private TlsHealth() {}

    static Map<String, Object> of(TransportSecurity.Status status, Instant now) {
        var tls = TlsDescriptor.of(status, now);
        var details = new LinkedHashMap<String, Object>();
        details.put("mode", tls.mode());
        details.put("certificateExpires", tls.certificateExpires());
        details.put("daysToExpiry", tls.daysToExpiry());
        if (tls.rejectedUpdate() != null) {
            details.put("rejectedUpdate", tls.rejectedUpdate());
        }
        if (!tls.connectedWithoutTls().isEmpty()) {
            details.put("connectedWithoutTls", tls.connectedWithoutTls());
        }
        if (!tls.refused().isEmpty()) {
            details.put("refused", tls.refused());
        }
        return details;
    }
}
