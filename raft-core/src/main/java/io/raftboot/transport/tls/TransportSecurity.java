package io.raftboot.transport.tls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS between the members, as one of them does it: what it shows, whom it believes, and what became of that. Whoever owns the
 * certificates puts new ones in with {@link #replace}. Any thread.
 */
public final class TransportSecurity {
    private static final Logger log = LoggerFactory.getLogger(TransportSecurity.class);

    private static final String ANY_USE = "2.5.29.37.0";
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT = "1.3.6.1.5.5.7.3.2";

    /** So long before its certificates are valid no longer a member begins to say so. */
    static final Duration EXPIRES_SOON = Duration.ofDays(14);

    private final Mode mode;
    private final PeerNaming naming;
    private final long selfId;
    private final List<String> ownHosts;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder recycled = new LongAdder();
    private final Map<Refused, LongAdder> refused = new EnumMap<>(Refused.class);
    private volatile TlsMaterial material;
    private volatile @Nullable String rejectedUpdate;
    private volatile Set<Long> plainPeers = Set.of();

    /** Whether all have to speak TLS. */
    public enum Mode {
        /** Nothing is said, and nothing heard, without TLS. */
        REQUIRED,

        /**
         * Both are accepted, and where TLS comes to nothing a member is dialled without it: for the time in which a cluster goes over
         * to TLS, and no protection.
         */
        PERMISSIVE
    }

    /** Why a connection was refused. */
    public enum Refused {
        /** TLS came to nothing, as with a certificate of another issuer. */
        HANDSHAKE,
        /** The certificate does not speak for the member. */
        IDENTITY,
        /** The other side does not speak TLS. */
        PLAIN,
        /** Too many others introduced themselves at the time, from the same address or in all. */
        TOO_MANY,
        /** It did not introduce itself in time. */
        TOO_SLOW,
        /** It sent too much before it had introduced itself. */
        TOO_LONG
    }

    /**
     * TLS of this member at one moment.
     *
     * @param expiresAt when the first of its certificates is valid no longer
     * @param rejectedUpdate why the newest change of the certificates is not in force; null if it is
     * @param plainPeers members that are connected without TLS in either direction
     * @param recycled how many connections were closed since the start so that they are made anew with other certificates
     * @param refused how many connections were refused since the start, by reason; those that never were are missing
     */
    public record Status(
            Mode mode,
            Instant expiresAt,
            @Nullable String rejectedUpdate,
            Set<Long> plainPeers,
            long recycled,
            Map<Refused, Long> refused) {}

    /**
     * TLS with these certificates.
     *
     * @param selfId id of this member
     * @param ownHosts where it is reached by others; empty if that is not known
     * @throws TlsSettingsException if no other member would believe one of its certificates
     */
    public TransportSecurity(
            Mode mode, PeerNaming naming, long selfId, Collection<String> ownHosts, TlsMaterial material) {
        this.mode = mode;
        this.naming = naming;
        this.selfId = selfId;
        this.ownHosts = List.copyOf(ownHosts);
        for (Refused kind : Refused.values()) {
            refused.put(kind, new LongAdder());
        }
        check(material);
        this.material = material;
    }

    public Mode mode() {
        return mode;
    }

    /** What is shown and trusted now. */
    public TlsMaterial material() {
        return material;
    }

    /** As {@link PeerNaming#objection}. */
    public @Nullable String objection(X509Certificate certificate, long nodeId, Collection<String> hosts) {
        return naming.objection(certificate, nodeId, hosts);
    }

    /**
     * Puts other certificates in force, for all connections that are made from now on; those that are there are made anew, one by one.
     * What no other member would believe is not put in force, and said.
     *
     * @return whether they are in force
     */
    public boolean replace(TlsMaterial newMaterial) {
        try {
            check(newMaterial);
        } catch (TlsSettingsException e) {
            rejectUpdate(e.getMessage() + ". " + e.action());
            return false;
        }
        material = newMaterial;
        rejectedUpdate = null;
        log.info("the certificates of this member have changed; they are valid until {}", newMaterial.expiresAt());
        listeners.forEach(Runnable::run);
        return true;
    }

    /** A change of the certificates has come to nothing: those before stay in force. */
    public void rejectUpdate(String why) {
        rejectedUpdate = why;
        log.warn(
                "the certificates of this member were changed to what can't be used, and those before stay in force, valid until {}: {}",
                material.expiresAt(),
                why);
    }

    /** Somebody is told after each change of the certificates, on the thread that changed them; until it is forgotten. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Takes back {@link #onChange}. */
    public void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** A connection was refused. */
    public void count(Refused kind) {
        LongAdder counter = refused.get(kind);
        if (counter != null) {
            counter.increment();
        }
    }

    /** A connection was closed so that it is made anew. */
    public void countRecycled() {
        recycled.increment();
    }

    /** Members that are connected without TLS, from now on. */
    public void plainPeers(Set<Long> peers) {
        plainPeers = Set.copyOf(peers);
    }

    /** How it is now. */
    public Status status() {
        Map<Refused, Long> counts = new EnumMap<>(Refused.class);
        refused.forEach((kind, counter) -> {
            if (counter.sum() > 0) {
                counts.put(kind, counter.sum());
            }
        });
        return new Status(mode, material.expiresAt(), rejectedUpdate, plainPeers, recycled.sum(), counts);
    }

    /**
     * What an operator should look at, each a sentence; none where all is as it should be.
     *
     * @param now by which certificates are valid or not
     */
    public List<String> oddities(Instant now) {
        var oddities = new ArrayList<String>();
        var expiresAt = material.expiresAt();
        if (!now.isBefore(expiresAt.minus(EXPIRES_SOON))) {
            oddities.add(
                    now.isBefore(expiresAt)
                            ? "the certificates of this member are valid until " + expiresAt
                                    + "; give it new ones before"
                            : "the certificates of this member were valid until " + expiresAt
                                    + "; no connection is made with them any more");
        }
        String rejected = rejectedUpdate;
        if (rejected != null) {
            oddities.add("the newest change of its certificates is not in force: " + rejected);
        }
        var plain = plainPeers;
        if (!plain.isEmpty()) {
            oddities.add("connections to the members " + new TreeSet<>(plain) + " are without TLS");
        }
        return oddities;
    }

    private void check(TlsMaterial checked) {
        for (X509Certificate certificate : checked.certificates()) {
            String subject = certificate.getSubjectX500Principal().getName();
            checkTime(certificate, subject);
            checkUse(certificate, subject);
            checkName(certificate, subject);
        }
        try {
            Rehearsal.hold(checked);
        } catch (SSLException e) {
            throw new TlsSettingsException(
                    "a handshake of this member with itself comes to nothing: " + e.getMessage(),
                    "Check that the private key belongs to the certificate, that the truststore has the issuer of all members'"
                            + " certificates, and that the protocols and ciphers fit the key.");
        }
    }

    private static void checkTime(X509Certificate certificate, String subject) {
        try {
            certificate.checkValidity();
        } catch (CertificateException e) {
            throw new TlsSettingsException(
                    "the certificate of this member, " + subject + ", is valid from "
                            + certificate.getNotBefore().toInstant() + " until "
                            + certificate.getNotAfter().toInstant() + ", which is not now",
                    "Issue another one, or correct the clock of this machine.");
        }
    }

    /** A member is server and client at once. */
    private static void checkUse(X509Certificate certificate, String subject) {
        List<String> uses;
        try {
            uses = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new TlsSettingsException(
                    "the certificate of this member, " + subject + ", can't be read: " + e.getMessage(),
                    "Issue another one.");
        }
        if (uses != null && !uses.contains(ANY_USE) && !uses.containsAll(List.of(SERVER, CLIENT))) {
            throw new TlsSettingsException(
                    "the certificate of this member, " + subject
                            + ", is not for servers and clients both, as its extended key usage" + " says",
                    "Issue it with serverAuth and clientAuth, or without an extended key usage.");
        }
    }

    private void checkName(X509Certificate certificate, String subject) {
        String objection = naming.objection(certificate, selfId, ownHosts);
        boolean unknown = ownHosts.isEmpty() && naming.needsHost() && !PeerNaming.hasUri(certificate);
        if (objection != null && !unknown) {
            throw new TlsSettingsException(
                    "the certificate of this member, " + subject + ", would be believed by no other member: "
                            + objection,
                    "Issue one for this very member, or correct raft.node-id, raft.cluster-name or this member's entry in raft.peers."
                            + " If the keystore has several, name the right one as the key's alias.");
        }
    }
}
