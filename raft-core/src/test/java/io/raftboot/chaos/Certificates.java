package io.raftboot.chaos;

import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TestAuthority.Issued;
import io.raftboot.transport.tls.TestAuthority.Wish;
import io.raftboot.transport.tls.TlsMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificates of a campaign's members: a file for each, from which its process reads what it shows and whom it trusts. */
final class Certificates {
    /** Before and behind all that clocks are made to say. */
    private static final Duration VALID = Duration.ofDays(30);

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String OWN = "own";

    private final TestAuthority authority = new TestAuthority("authority");
    private final TestAuthority another = new TestAuthority("another");
    private final Path dir;

    /** What may be wrong with the certificate of a member. */
    enum Wrong {
        ISSUER,
        MEMBER,
        CLUSTER,
        EXPIRED;

        /** Whether the member finds it out by itself, and does not start. */
        boolean isSeenAtStart() {
            return this != ISSUER;
        }
    }

    /** @param dir where the files are to be */
    Certificates(Path dir) {
        this.dir = dir;
    }

    Path file(long id) {
        return dir.resolve("member" + id + ".p12");
    }

    /** Gives a member a certificate, another one than before. */
    void issue(long id) {
        write(
                id,
                authority,
                Wish.of(TestAuthority.uri(ChaosMember.CLUSTER, id))
                        .until(Instant.now().plus(VALID)));
    }

    /** Gives it one that nobody is to believe. */
    void issue(long id, Wrong wrong) {
        String own = TestAuthority.uri(ChaosMember.CLUSTER, id);
        var end = Instant.now().plus(VALID);
        switch (wrong) {
            case ISSUER -> write(id, another, Wish.of(own).until(end));
            case MEMBER ->
                write(
                        id,
                        authority,
                        Wish.of(TestAuthority.uri(ChaosMember.CLUSTER, id + 1)).until(end));
            case CLUSTER ->
                write(id, authority, Wish.of(TestAuthority.uri("another", id)).until(end));
            case EXPIRED ->
                write(id, authority, Wish.of(own).until(Instant.now().minus(Duration.ofDays(1))));
        }
    }

    /** At one moment: a process may start meanwhile. */
    private void write(long id, TestAuthority issuer, Wish wish) {
        Issued issued = issuer.issue(wish);
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(OWN, issued.keys().getPrivate(), PASSWORD, new X509Certificate[] {issued.certificate()});
            store.setCertificateEntry("issuer", issuer.certificate());
            Files.createDirectories(dir);
            var beside = dir.resolve("member" + id + ".new");
            try (var out = Files.newOutputStream(beside)) {
                store.store(out, PASSWORD);
            }
            Files.move(beside, file(id), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is in such a file now. */
    static TlsMaterial read(Path file) {
        try (var in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            var trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusts.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
            return new TlsMaterial(context, List.of((X509Certificate) store.getCertificate(OWN)), List.of(), List.of());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
