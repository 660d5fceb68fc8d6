package io.raftboot.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Issues certificates for tests, written out byte by byte: that takes milliseconds, where a tool takes a process each. */
public final class TestAuthority {
    public static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
    public static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";
    private static final char[] NO_PASSWORD = new char[0];
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final KeyPair keys = keys();
    private final String name;
    private final X509Certificate certificate;

    public TestAuthority(String name) {
        this.name = name;
        byte[] constraints = extension("2.5.29.19", der(0x30, der(0x01, new byte[] {-1})));
        this.certificate =
                sign(name, keys.getPublic(), Instant.now().minus(Duration.ofDays(1)), days(365), constraints);
    }

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, KeyPair keys) {
        public String certificatePem() {
            return pem("CERTIFICATE", encoded(certificate));
        }

        public String keyPem() {
            return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }
    }

    /** What is to be certified; a name is a URI, an address or a host by how it looks. */
    public record Wish(List<String> names, Instant from, Instant until, List<String> uses) {
        public static Wish of(String... names) {
            return new Wish(List.of(names), Instant.now().minus(Duration.ofHours(1)), days(30), List.of());
        }

        public Wish until(Instant end) {
            return new Wish(names, end.minus(Duration.ofDays(60)), end, uses);
        }

        public Wish forUse(String... only) {
            return new Wish(names, from, until, List.of(only));
        }
    }

    public static String uri(String cluster, long id) {
        return "spiffe://example.org/raft/" + cluster + "/" + id;
    }

    private static Instant days(int count) {
        return Instant.now().plus(Duration.ofDays(count));
    }

    public Issued issue(String... names) {
        return issue(Wish.of(names));
    }

    public Issued issue(Wish wish) {
        KeyPair pair = keys();
        List<byte[]> extensions = new ArrayList<>();
        if (!wish.names.isEmpty()) {
            byte[][] names =
                    wish.names.stream().map(TestAuthority::alternativeName).toArray(byte[][]::new);
            extensions.add(extension("2.5.29.17", der(0x30, names)));
        }
        if (!wish.uses.isEmpty()) {
            byte[][] uses = wish.uses.stream().map(TestAuthority::oid).toArray(byte[][]::new);
            extensions.add(extension("2.5.29.37", der(0x30, uses)));
        }
        String subject = wish.names.isEmpty() ? "nobody" : wish.names.get(0);
        return new Issued(
                sign(subject, pair.getPublic(), wish.from, wish.until, extensions.toArray(byte[][]::new)), pair);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String pem() {
        return pem("CERTIFICATE", encoded(certificate));
    }

    /** What shows a certificate and trusts this authority. */
    public TlsMaterial material(Issued issued) {
        return new TlsMaterial(context(issued, this), List.of(issued.certificate), List.of(), List.of());
    }

    /**
     * A context of the JDK.
     *
     * @param issued what it shows; null to show none
     */
    public static SSLContext context(@Nullable Issued issued, TestAuthority... trusted) {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            for (int i = 0; i < trusted.length; i++) {
                trust.setCertificateEntry("authority" + i, trusted[i].certificate);
            }
            TrustManagerFactory trusts = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusts.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(issued == null ? new KeyManager[0] : managers(issued), trusts.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyManager[] managers(Issued issued) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("member", issued.keys.getPrivate(), NO_PASSWORD, new X509Certificate[] {issued.certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private X509Certificate sign(String subject, PublicKey key, Instant from, Instant until, byte[]... extensions) {
        byte[] algorithm = der(0x30, oid("1.2.840.10045.4.3.2")); // ECDSA with SHA-256
        byte[] serial =
                new BigInteger(64, new SecureRandom()).add(BigInteger.ONE).toByteArray();
        byte[] content = der(
                0x30,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, serial),
                algorithm,
                commonName(name),
                der(0x30, time(from), time(until)),
                commonName(subject),
                key.getEncoded(),
                extensions.length == 0 ? new byte[0] : der(0xa3, der(0x30, extensions)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            byte[] whole = der(0x30, content, algorithm, der(0x03, new byte[] {0}, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] alternativeName(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        if (name.contains("://")) {
            return der(0x86, text);
        }
        return name.matches("[0-9.]+|.*:.*") ? der(0x87, address(name)) : der(0x82, text);
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] commonName(String text) {
        return der(0x30, der(0x31, der(0x30, oid("2.5.4.3"), der(0x0c, text.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        return der(0x17, UTC.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extension(String id, byte[] value) {
        return der(0x30, oid(id), der(0x04, value));
    }

    private static byte[] oid(String dotted) {
        String[] parts = dotted.split("\\.", -1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(Integer.parseInt(parts[0]) * 40 + Integer.parseInt(parts[1]));
        for (int i = 2; i < parts.length; i++) {
            int value = Integer.parseInt(parts[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (value >> shift != 0) {
                    bytes.write(0x80 | (value >> shift & 0x7f));
                }
            }
            bytes.write(value & 0x7f);
        }
        return der(0x06, bytes.toByteArray());
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        int length = content.size();
        if (length >= 0x100) {
            all.write(0x82);
            all.write(length >> 8);
        } else if (length >= 0x80) {
            all.write(0x81);
        }
        all.write(length & 0xff);
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }
}
