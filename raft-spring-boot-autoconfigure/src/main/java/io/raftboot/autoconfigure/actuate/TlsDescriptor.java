package io.raftboot.autoconfigure.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.raftboot.transport.tls.TransportSecurity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How TLS between the members is.
 *
 * @param mode required or permissive
 * @param certificateExpires when this member's certificate, or one that it shows with it, is valid no longer
 * @param daysToExpiry whole days until then; negative afterwards
 * @param rejectedUpdate why the newest change of the certificates is not in force, or null if it is
 * @param connectedWithoutTls members that are connected without TLS
 * @param recycled connections that were closed since the start so that they are made anew with other certificates
 * @param refused connections that were refused since the start, by reason; those that never were are missing
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TlsDescriptor(
        String mode,
        String certificateExpires,
        long daysToExpiry,
        @Nullable String rejectedUpdate,
        List<Long> connectedWithoutTls,
        long recycled,
        Map<String, Long> refused) {
    static TlsDescriptor of(TransportSecurity.Status status, Instant now) {
        var refused = new TreeMap<String, Long>();
        status.refused().forEach((reason, count) -> refused.put(reason.name().toLowerCase(Locale.ROOT), count));
        return new TlsDescriptor(
                status.mode().name().toLowerCase(Locale.ROOT),
                status.expiresAt().toString(),
                Duration.between(now, status.expiresAt()).toDays(),
                status.rejectedUpdate(),
                status.plainPeers().stream().sorted().toList(),
                status.recycled(),
                refused);
    }
}
