package io.raftboot.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which certificates of its own a member takes. */
class TransportSecurityTests {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final String URI = TestAuthority.uri("raft", 1);

    private static TransportSecurity security(TestAuthority.Issued issued, String... ownHosts) {
        return new TransportSecurity(
                Mode.REQUIRED, new PeerNaming("raft", null, null), 1, List.of(ownHosts), AUTHORITY.material(issued));
    }

    private static void assertRefused(String reason, TestAuthority.Wish wish, String... ownHosts) {
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> security(AUTHORITY.issue(wish), ownHosts))
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(e.action()).endsWith("."));
    }

    @Test
    void certificateOfAnotherMemberIsRefused() {
        assertRefused("believed by no other", TestAuthority.Wish.of(TestAuthority.uri("raft", 2)));
        assertRefused("believed by no other", TestAuthority.Wish.of(TestAuthority.uri("other", 1)));
        assertRefused("believed by no other", TestAuthority.Wish.of("node2"), "node1");
    }

    @Test
    void whatItIsCalledIsNotAskedWhereItIsNotKnown() {
        assertThat(security(AUTHORITY.issue("node1")).status().expiresAt()).isAfter(Instant.now());
    }

    @Test
    void certificateThatIsAboutToExpireIsOdd() {
        var security = security(AUTHORITY.issue(URI));
        var expiresAt = security.status().expiresAt();
        var soon = expiresAt.minus(TransportSecurity.EXPIRES_SOON);
        assertThat(security.oddities(soon.minusMillis(1))).isEmpty();
        assertThat(security.oddities(soon))
                .containsExactly(
                        "the certificates of this member are valid until " + expiresAt + "; give it new ones before");
        assertThat(security.oddities(expiresAt))
                .singleElement()
                .asString()
                .startsWith("the certificates of this member were valid until " + expiresAt);
    }

    @Test
    void changeThatIsNotInForceAndMembersWithoutTlsAreOdd() {
        var security = security(AUTHORITY.issue(URI));
        security.rejectUpdate("it has no key");
        security.plainPeers(Set.of(3L, 2L));
        assertThat(security.oddities(Instant.EPOCH))
                .containsExactly(
                        "the newest change of its certificates is not in force: it has no key",
                        "connections to the members [2, 3] are without TLS");
    }

    @Test
    void certificateThatIsNotValidNowIsRefused() {
        assertRefused(
                "is not now", TestAuthority.Wish.of(URI).until(Instant.now().minusSeconds(10)));
        assertRefused(
                "is not now", TestAuthority.Wish.of(URI).until(Instant.now().plus(Duration.ofDays(100))));
    }

    @Test
    void certificateForServersAloneIsRefused() {
        assertRefused("extended key usage", TestAuthority.Wish.of(URI).forUse(TestAuthority.SERVER_USE));
        var both = TestAuthority.Wish.of(URI).forUse(TestAuthority.SERVER_USE, TestAuthority.CLIENT_USE);
        assertThat(security(AUTHORITY.issue(both)).mode()).isEqualTo(Mode.REQUIRED);
    }

    @Test
    void cipherAndProtocolThatDoNotExistAreNamedBeforeAnythingBegins() {
        var issued = AUTHORITY.issue(URI);
        var context = TestAuthority.context(issued, AUTHORITY);
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new TlsMaterial(
                        context, List.of(issued.certificate()), List.of(), List.of("TLS_ROT13_WITH_NULL")))
                .withMessageContaining("TLS_ROT13_WITH_NULL");
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new TlsMaterial(context, List.of(issued.certificate()), List.of("TLSv9"), List.of()))
                .withMessageContaining("TLSv9");
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new TlsMaterial(context, List.of(), List.of(), List.of()))
                .withMessageContaining("no certificate");
    }

    @Test
    void wrongUpdateKeepsWhatWasThereAndSaysSo() {
        var security = security(AUTHORITY.issue(URI));
        var before = security.material();
        var told = new ArrayList<String>();
        security.onChange(() -> told.add("changed"));
        assertThat(security.replace(AUTHORITY.material(AUTHORITY.issue(TestAuthority.uri("raft", 2)))))
                .isFalse();
        assertThat(security.material()).isEqualTo(before);
        assertThat(security.status().rejectedUpdate()).contains("believed by no other member");
        assertThat(told).isEmpty();
        assertThat(security.replace(AUTHORITY.material(AUTHORITY.issue(URI)))).isTrue();
        assertThat(security.status().rejectedUpdate()).isNull();
        assertThat(told).containsExactly("changed");
    }

    @Test
    void keyOfAnotherCertificateIsFoundOutBeforeAnybodyIsAsked() {
        var issued = AUTHORITY.issue(URI);
        var mixed = new TestAuthority.Issued(
                issued.certificate(), AUTHORITY.issue(URI).keys());
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> security(mixed))
                .withMessageContaining("a handshake of this member with itself comes to nothing");
    }

    @Test
    void issuerThatIsNotTrustedIsFoundOutBeforeAnybodyIsAsked() {
        var issued = new TestAuthority("other").issue(URI);
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> security(issued))
                .withMessageContaining("a handshake of this member with itself comes to nothing");
    }

    @Test
    void cipherThatDoesNotFitTheKeyIsFoundOutBeforeAnybodyIsAsked() {
        var issued = AUTHORITY.issue(URI);
        var material = new TlsMaterial(
                TestAuthority.context(issued, AUTHORITY),
                List.of(issued.certificate()),
                List.of("TLSv1.2"),
                List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new TransportSecurity(
                        Mode.REQUIRED, new PeerNaming("raft", null, null), 1, List.of(), material))
                .withMessageContaining("a handshake of this member with itself comes to nothing");
    }
}
