package io.raftboot.autoconfigure.ssl;

import io.raftboot.transport.tls.TlsMaterial;
import io.raftboot.transport.tls.TlsSettingsException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.NestedExceptionUtils;

/** Takes out of a bundle what a member shows and whom it trusts. */
final class BundleMaterial {
    /** Kinds of keys that certificates are issued for. */
    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "Ed25519", "Ed448");

    private BundleMaterial() {}

    /** @throws TlsSettingsException if the bundle can't be read, or lacks something */
    static TlsMaterial of(SslBundle bundle) {
        try {
            KeyStore keys = bundle.getStores().getKeyStore();
            if (keys != null && bundle.getStores().getTrustStore() == null) {
                throw new TlsSettingsException(
                        "it has no truststore: all authorities that this Java runtime knows would be believed",
                        "Give it the certificate of the issuer of all members' certificates, as"
                                + " spring.ssl.bundle.pem.<name>.truststore.certificate or"
                                + " spring.ssl.bundle.jks.<name>.truststore.location.");
            }
            SSLContext context = bundle.createSslContext();
            List<X509Certificate> certificates = keys == null ? ofManagers(bundle) : ofStore(keys, alias(bundle));
            return new TlsMaterial(
                    context,
                    certificates,
                    list(bundle.getOptions().getEnabledProtocols()),
                    list(bundle.getOptions().getCiphers()));
        } catch (TlsSettingsException e) {
            throw e;
        } catch (RuntimeException | KeyStoreException e) {
            throw new TlsSettingsException(
                    "it can't be read: " + e.getMessage() + ": "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                    "Correct the files, passwords and aliases below spring.ssl.bundle.");
        }
    }

    private static @Nullable String alias(SslBundle bundle) {
        return bundle.getKey() == null ? null : bundle.getKey().getAlias();
    }

    private static List<X509Certificate> ofStore(KeyStore keys, @Nullable String only) throws KeyStoreException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (String alias : Collections.list(keys.aliases())) {
            Certificate certificate = keys.getCertificate(alias);
            boolean meant = only == null || only.equalsIgnoreCase(alias);
            if (meant && keys.isKeyEntry(alias) && certificate instanceof X509Certificate own) {
                certificates.add(own);
            }
        }
        return certificates;
    }

    /** Somebody has made managers without stores. */
    private static List<X509Certificate> ofManagers(SslBundle bundle) {
        Set<X509Certificate> certificates = new LinkedHashSet<>();
        for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
            if (manager instanceof X509KeyManager keys) {
                for (String type : KEY_TYPES) {
                    for (String alias : list(keys.getServerAliases(type, null))) {
                        X509Certificate[] chain = keys.getCertificateChain(alias);
                        if (chain != null && chain.length > 0) {
                            certificates.add(chain[0]);
                        }
                    }
                }
            }
        }
        return List.copyOf(certificates);
    }

    private static List<String> list(String @Nullable [] values) {
        return values == null ? List.of() : List.of(values);
    }
}
