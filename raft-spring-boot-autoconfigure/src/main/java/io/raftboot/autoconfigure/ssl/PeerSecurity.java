package io.raftboot.autoconfigure.ssl;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftClusterDetails;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.Peer;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TlsSettingsException;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** TLS between the members, as the properties and the bundles of the application say; or none. Any thread. */
public final class PeerSecurity {
    private static final String BUNDLE = "raft.transport.ssl.bundle";

    private final @Nullable TransportSecurity security;

    private PeerSecurity(@Nullable TransportSecurity security) {
        this.security = security;
    }

    /**
     * What the application says. Of a bundle that is named, updates are put in force as they come.
     *
     * @param bundles null if the application has none
     * @throws InvalidRaftPropertyException if TLS is wanted and would come to nothing
     */
    public static PeerSecurity of(RaftProperties properties, RaftClusterDetails cluster, @Nullable SslBundles bundles) {
        var ssl = properties.transport().ssl();
        String name = ssl.bundle();
        SslBundle given = cluster.sslBundle();
        if (given == null && name == null) {
            checkUnused(ssl);
            return new PeerSecurity(null);
        }
        var naming = naming(properties);
        var ownHosts = cluster.peers().stream()
                .filter(peer -> peer.id() == properties.memberId())
                .map(Peer::host)
                .toList();
        SslBundle bundle = given != null ? given : named(name, bundles);
        String what =
                given != null ? "is not what is used, but the bundle of the RaftClusterDetails bean" : "is " + name;
        var security = checked(
                BUNDLE,
                what,
                () -> new TransportSecurity(
                        ssl.mode(), naming, properties.memberId(), ownHosts, BundleMaterial.of(bundle)));
        if (given == null && name != null && bundles != null) {
            bundles.addBundleUpdateHandler(name, updated -> update(security, updated));
            // One that came between the two was told to nobody.
            SslBundle present = named(name, bundles);
            if (present != bundle) {
                update(security, present);
            }
        }
        return new PeerSecurity(security);
    }

    /** Whether nobody is heard without a certificate. */
    public boolean isRequired() {
        return security != null && security.mode() == Mode.REQUIRED;
    }

    /** Null if there is no TLS. */
    public @Nullable TransportSecurity transport() {
        return security;
    }

    private static void update(TransportSecurity security, SslBundle updated) {
        try {
            boolean unused = security.replace(BundleMaterial.of(updated));
        } catch (TlsSettingsException e) {
            security.rejectUpdate(e.getMessage() + ". " + e.action());
        }
    }

    /** What makes no sense without a bundle is meant to protect something. */
    private static void checkUnused(RaftProperties.Ssl ssl) {
        String property = ssl.mode() != Mode.REQUIRED
                ? "raft.transport.ssl.mode"
                : ssl.peerName() != null
                        ? "raft.transport.ssl.peer-name"
                        : ssl.trustDomain() != null ? "raft.transport.ssl.trust-domain" : null;
        if (property != null) {
            throw new InvalidRaftPropertyException(
                    property,
                    "is set, but " + BUNDLE + " is not: there would be no TLS at all",
                    "Write the name of a bundle below spring.ssl.bundle into " + BUNDLE + ", or take " + property
                            + " away.",
                    List.of(BUNDLE));
        }
    }

    private static PeerNaming naming(RaftProperties properties) {
        var ssl = properties.transport().ssl();
        var domain = checked(
                "raft.transport.ssl.trust-domain",
                "is " + ssl.trustDomain(),
                () -> new PeerNaming(properties.clusterName(), ssl.trustDomain(), null));
        return checked(
                "raft.transport.ssl.peer-name",
                "is " + ssl.peerName(),
                () -> new PeerNaming(domain.clusterName(), domain.trustDomain(), ssl.peerName()));
    }

    private static SslBundle named(@Nullable String name, @Nullable SslBundles bundles) {
        if (name != null && name.isBlank()) {
            throw new InvalidRaftPropertyException(
                    BUNDLE, "is empty", "Write the name of a bundle below spring.ssl.bundle, or leave it out.");
        }
        if (name == null || bundles == null) {
            throw new InvalidRaftPropertyException(
                    BUNDLE,
                    "is " + name + ", but this application has no SSL bundles",
                    "Let Spring Boot's auto-configuration of SSL bundles be, or take the property away.");
        }
        try {
            return bundles.getBundle(name);
        } catch (NoSuchSslBundleException e) {
            throw new InvalidRaftPropertyException(
                    BUNDLE,
                    "is " + name + ", and there is no bundle of that name",
                    "Write the name of one that is there, or add spring.ssl.bundle.pem." + name
                            + ".keystore.certificate, .keystore.private-key and .truststore.certificate.");
        }
    }

    private static <T> T checked(String property, String what, Supplier<T> made) {
        try {
            return made.get();
        } catch (TlsSettingsException e) {
            throw new InvalidRaftPropertyException(
                    property, what + ", which can't be used: " + e.getMessage(), e.action(), List.of(BUNDLE));
        }
    }
}
