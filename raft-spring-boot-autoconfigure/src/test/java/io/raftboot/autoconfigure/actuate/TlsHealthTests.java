package io.raftboot.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.raftboot.transport.tls.TransportSecurity.Mode;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import io.raftboot.transport.tls.TransportSecurity.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What health and endpoint say of TLS. */
class TlsHealthTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void allIsWell() {
        var status =
                new Status(Mode.REQUIRED, NOW.plus(Duration.ofDays(20)).plusSeconds(5), null, Set.of(), 0, Map.of());
        assertThat(TlsHealth.of(status, NOW))
                .containsExactly(
                        entry("mode", "required"),
                        entry("certificateExpires", "2030-01-21T00:00:05Z"),
                        entry("daysToExpiry", 20L));
    }

    private static final Status TROUBLED = new Status(
            Mode.PERMISSIVE,
            NOW.minus(Duration.ofDays(2)),
            "wrong key",
            Set.of(3L, 2L),
            4,
            Map.of(Refused.TOO_MANY, 7L));

    @Test
    void endpointSaysAllOfIt() {
        assertThat(TlsDescriptor.of(TROUBLED, NOW))
                .isEqualTo(new TlsDescriptor(
                        "permissive",
                        "2029-12-30T00:00:00Z",
                        -2,
                        "wrong key",
                        List.of(2L, 3L),
                        4,
                        Map.of("too_many", 7L)));
    }

    @Test
    void whatAnOperatorHasToKnowIsThere() {
        assertThat(TlsHealth.of(TROUBLED, NOW))
                .contains(
                        entry("mode", "permissive"),
                        entry("daysToExpiry", -2L),
                        entry("rejectedUpdate", "wrong key"),
                        entry("connectedWithoutTls", List.of(2L, 3L)),
                        entry("refused", Map.of("too_many", 7L)));
    }
}
