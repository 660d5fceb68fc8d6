package io.raftboot.demo.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Issuers and certificates, made by the tool of the JDK as an operator might, and written as files for members. */
final class Keytool {
    private static final String PASSWORD = "changeit";
    private static final String ISSUER = "issuer";

    private final Path store;

    /** @param store of the issuer, with all that it issues */
    Keytool(Path store) {
        this.store = store;
        keytool(ISSUER, "-ext", "bc:c", "-validity", "3650");
    }

    static String uri(String cluster, long id) {
        return "spiffe://example.org/raft/" + cluster + "/" + id;
    }

    /**
     * Issues a certificate with a key of its own.
     *
     * @param alias under which it is kept
     * @param more of the tool's options, such as the dates
     */
    void issue(String alias, String uri, String... more) {
        var options = new ArrayList<>(List.of("-signer", ISSUER, "-ext", "SAN=uri:" + uri));
        options.addAll(List.of(more));
        keytool(alias, options.toArray(String[]::new));
    }

    private void keytool(String alias, String... options) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-dname",
                "CN=" + alias,
                "-alias",
                alias));
        command.addAll(List.of(options));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + " ended with " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes a certificate, its key and this issuer where a member reads them, each at one moment. */
    void write(String alias, Path directory) {
        try {
            var entries = entries();
            Files.createDirectories(directory);
            put(
                    directory.resolve("node.key"),
                    pem(
                            "PRIVATE KEY",
                            entries.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
            put(
                    directory.resolve("node.crt"),
                    pem("CERTIFICATE", entries.getCertificate(alias).getEncoded()));
            put(
                    directory.resolve("ca.crt"),
                    pem("CERTIFICATE", entries.getCertificate(ISSUER).getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    X509Certificate certificate(String alias) {
        try {
            return (X509Certificate) entries().getCertificate(alias);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Shows one of these certificates.
     *
     * @param alias null for none
     * @param trusted the issuer of the other side
     */
    SSLContext context(@Nullable String alias, Keytool trusted) {
        try {
            var shown = KeyStore.getInstance("PKCS12");
            shown.load(null, null);
            var entries = entries();
            if (alias != null) {
                var key = entries.getKey(alias, PASSWORD.toCharArray());
                shown.setKeyEntry(alias, key, PASSWORD.toCharArray(), entries.getCertificateChain(alias));
            }
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(shown, PASSWORD.toCharArray());
            var believed = KeyStore.getInstance("PKCS12");
            believed.load(null, null);
            believed.setCertificateEntry(ISSUER, trusted.certificate(ISSUER));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(believed);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore entries() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            var entries = KeyStore.getInstance("PKCS12");
            entries.load(in, PASSWORD.toCharArray());
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(Path file, String text) throws IOException {
        Path beside = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String pem(String kind, byte[] content) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }
}
