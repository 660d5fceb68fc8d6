package io.raftboot.simulation.tls;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** A certificate of which only what the product looks at is there: for whom it speaks, who has issued it, and until when. */
@SuppressWarnings("JavaUtilDate") // The class above has it.
public final class SimulatedCertificate extends X509Certificate {
    private static final long serialVersionUID = 1L;
    private static final int URI = 6;

    private final transient SimulatedTls tls;
    private final long number;
    private final int issuer;
    private final String uri;
    private final long validUntilNanos;

    SimulatedCertificate(SimulatedTls tls, long number, int issuer, String uri, long validUntilNanos) {
        this.tls = tls;
        this.number = number;
        this.issuer = issuer;
        this.uri = uri;
        this.validUntilNanos = validUntilNanos;
    }

    long number() {
        return number;
    }

    int issuer() {
        return issuer;
    }

    boolean isValid() {
        return tls.nowNanos() < validUntilNanos;
    }

    /** Whom it speaks for, as it says itself. */
    public String uri() {
        return uri;
    }

    @Override
    public void checkValidity() throws CertificateExpiredException {
        if (!isValid()) {
            throw new CertificateExpiredException("it was valid until " + validUntilNanos);
        }
    }

    @Override
    public void checkValidity(Date date) throws CertificateExpiredException {
        checkValidity();
    }

    @Override
    public Collection<List<?>> getSubjectAlternativeNames() {
        return List.of(List.of(URI, uri));
    }

    @Override
    public X500Principal getSubjectX500Principal() {
        return new X500Principal("CN=certificate " + number + " of issuer " + issuer);
    }

    @Override
    @Nullable
    @SuppressWarnings("NullAway") // As the class above has it: for any use.
    public List<String> getExtendedKeyUsage() {
        return null;
    }

    @Override
    public Date getNotBefore() {
        return new Date(0);
    }

    @Override
    public Date getNotAfter() {
        return new Date(TimeUnit.NANOSECONDS.toMillis(validUntilNanos));
    }

    @Override
    public byte[] getEncoded() {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    @Override
    public String toString() {
        return "certificate " + number + " of issuer " + issuer + " for " + uri;
    }

    private static UnsupportedOperationException nobodyLooks() {
        return new UnsupportedOperationException("the product does not look at this");
    }

    @Override
    public int getVersion() {
        throw nobodyLooks();
    }

    @Override
    public BigInteger getSerialNumber() {
        throw nobodyLooks();
    }

    @Override
    @SuppressWarnings("deprecation") // The class above has it still.
    public Principal getIssuerDN() {
        throw nobodyLooks();
    }

    @Override
    @SuppressWarnings("deprecation") // The class above has it still.
    public Principal getSubjectDN() {
        throw nobodyLooks();
    }

    @Override
    public byte[] getTBSCertificate() {
        throw nobodyLooks();
    }

    @Override
    public byte[] getSignature() {
        throw nobodyLooks();
    }

    @Override
    public String getSigAlgName() {
        throw nobodyLooks();
    }

    @Override
    public String getSigAlgOID() {
        throw nobodyLooks();
    }

    @Override
    public byte[] getSigAlgParams() {
        throw nobodyLooks();
    }

    @Override
    public boolean[] getIssuerUniqueID() {
        throw nobodyLooks();
    }

    @Override
    public boolean[] getSubjectUniqueID() {
        throw nobodyLooks();
    }

    @Override
    public boolean[] getKeyUsage() {
        throw nobodyLooks();
    }

    @Override
    public int getBasicConstraints() {
        throw nobodyLooks();
    }

    @Override
    public void verify(PublicKey key) {
        throw nobodyLooks();
    }

    @Override
    public void verify(PublicKey key, String provider) {
        throw nobodyLooks();
    }

    @Override
    public PublicKey getPublicKey() {
        throw nobodyLooks();
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        throw nobodyLooks();
    }

    @Override
    public Set<String> getCriticalExtensionOIDs() {
        throw nobodyLooks();
    }

    @Override
    public Set<String> getNonCriticalExtensionOIDs() {
        throw nobodyLooks();
    }

    @Override
    public byte[] getExtensionValue(String oid) {
        throw nobodyLooks();
    }
}
