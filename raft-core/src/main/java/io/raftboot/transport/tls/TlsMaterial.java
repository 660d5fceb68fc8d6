package io.raftboot.transport.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * What a member shows, and what it trusts, until it is given another. Any thread.
 *
 * @param context has the keys of this member and the issuers that it trusts; made anew for each change, as it remembers sessions
 * @param certificates those that the context may show, each without its issuers; at least one
 * @param protocols those that may be spoken; empty for TLS 1.3 and 1.2
 * @param ciphers those that may be used; empty for what the context has by itself
 */
public record TlsMaterial(
        SSLContext context, List<X509Certificate> certificates, List<String> protocols, List<String> ciphers) {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** @throws TlsSettingsException if there is no certificate, or a protocol or cipher is none that this JDK has */
    public TlsMaterial {
        certificates = List.copyOf(certificates);
        protocols = protocols.isEmpty() ? PROTOCOLS : List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        if (certificates.isEmpty()) {
            throw new TlsSettingsException(
                    "there is no certificate with a private key for this member",
                    "Give the bundle a keystore with the private key of this member and its certificate.");
        }
        SSLEngine engine = context.createSSLEngine();
        known("protocol", protocols, engine.getSupportedProtocols());
        known("cipher", ciphers, engine.getSupportedCipherSuites());
    }

    private static void known(String what, List<String> wanted, String[] supported) {
        for (String one : wanted) {
            if (!Arrays.asList(supported).contains(one)) {
                throw new TlsSettingsException(
                        "the " + what + " " + one + " is none that this Java runtime has",
                        "Write some of these, or leave them out: " + String.join(", ", supported) + ".");
            }
        }
    }

    /** An engine for a connection that this side opens. */
    public SSLEngine dialling() {
        return engine(true);
    }

    /** An engine for a connection that the other side opens; it asks for the other side's certificate. */
    public SSLEngine accepting() {
        SSLEngine engine = engine(false);
        engine.setNeedClientAuth(true);
        return engine;
    }

    private SSLEngine engine(boolean client) {
        // Without the other side's name no session is resumed: each connection shows certificates that are valid now.
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        if (!ciphers.isEmpty()) {
            parameters.setCipherSuites(ciphers.toArray(String[]::new));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** When the first of the certificates is valid no longer. */
    public Instant expiresAt() {
        return certificates.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
