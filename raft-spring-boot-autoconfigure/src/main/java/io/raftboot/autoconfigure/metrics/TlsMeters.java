package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.raftboot.transport.tls.TransportSecurity;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long the certificates of this member are valid. They are there without TLS as well, as not a number. */
final class TlsMeters implements MeterBinder {
    private static final double SECONDS_PER_DAY = Duration.ofDays(1).toSeconds();

    private final @Nullable TransportSecurity security;
    private final Tags tags;
    private final Clock clock;

    /** @param security null for none */
    TlsMeters(@Nullable TransportSecurity security, String group, Clock clock) {
        this.security = security;
        this.tags = new Tags(group);
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        tags.gauge(
                registry,
                "raft.certificate.expiry",
                "days",
                this::daysToExpiry,
                "Time until the first of the certificates that this member shows is valid no longer; negative afterwards");
        tags.gauge(
                registry,
                "raft.certificate.rejected",
                null,
                () -> security == null ? Double.NaN : security.status().rejectedUpdate() == null ? 0 : 1,
                "Whether the newest change of the certificates could not be put in force");
    }

    private Number daysToExpiry() {
        return security == null
                ? Double.NaN
                : Duration.between(clock.instant(), security.status().expiresAt())
                                .toSeconds()
                        / SECONDS_PER_DAY;
    }
}
