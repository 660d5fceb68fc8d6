package io.raftboot.simulation.tls;

import io.raftboot.transport.tls.TlsMaterial;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All certificates of a simulation, and what connections are made of. One simulation at a time is in it. */
public final class SimulatedTls {
    private final LongSupplier nanos;
    private final Watch watch;
    private final TreeMap<Long, SimulatedCertificate> certificates = new TreeMap<>();

    /** Told what comes of connections. On the thread of the one side. */
    public interface Watch {
        /** The one side has come through its handshake. */
        void established(Side own, Side other);

        /** The one side does not believe the other one's certificate. */
        void disbelieved(Side own, Side other);

        /** Something that the other side has sent was heard, beyond the handshake; so many times on this connection. */
        void heard(Side own, Side other, int times);
    }

    /**
     * One end of a connection.
     *
     * @param owner whose it really is
     * @param shown what it has shown; null for nothing
     * @param dialled whether it has opened the connection
     */
    public record Side(long owner, @Nullable SimulatedCertificate shown, boolean dialled) {}

    public SimulatedTls(LongSupplier nanos, Watch watch) {
        this.nanos = nanos;
        this.watch = watch;
    }

    long nowNanos() {
        return nanos.getAsLong();
    }

    Watch watch() {
        return watch;
    }

    @Nullable
    SimulatedCertificate certificate(long number) {
        return certificates.get(number);
    }

    /** Issues one. */
    public SimulatedCertificate issue(int issuer, String uri, long validUntilNanos) {
        long number = certificates.size() + 1L;
        var issued = new SimulatedCertificate(this, number, issuer, uri, validUntilNanos);
        certificates.put(number, issued);
        return issued;
    }

    /**
     * What a member is given.
     *
     * @param owner whose it is
     * @param declared what is to be found in it by who looks
     * @param shown what the other side gets to see
     * @param trusted issuers that it believes
     */
    public TlsMaterial material(
            long owner, SimulatedCertificate declared, SimulatedCertificate shown, Set<Integer> trusted) {
        var context = new SimulatedContext(this, owner, Objects.requireNonNull(shown), Set.copyOf(trusted));
        return new TlsMaterial(context, List.of(declared), List.of(), List.of());
    }
}
