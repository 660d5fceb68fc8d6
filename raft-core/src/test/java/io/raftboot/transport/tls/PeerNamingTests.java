package io.raftboot.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificate speaks for which member. */
class PeerNamingTests {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final PeerNaming PLAIN = new PeerNaming("orders", null, null);

    private static @Nullable String objection(PeerNaming naming, long id, List<String> hosts, String... names) {
        return naming.objection(AUTHORITY.issue(names).certificate(), id, hosts);
    }

    @Test
    void uriSpeaksForOneMemberOfOneCluster() {
        assertThat(objection(PLAIN, 2, List.of(), TestAuthority.uri("orders", 2)))
                .isNull();
        assertThat(objection(PLAIN, 3, List.of(), TestAuthority.uri("orders", 2)))
                .isEqualTo(
                        "its certificate is spiffe://example.org/raft/orders/2, and not of member 3 of cluster orders");
        assertThat(objection(PLAIN, 2, List.of(), TestAuthority.uri("stock", 2)))
                .contains("not of member 2 of cluster");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.org/raft/orders/02",
                "spiffe://example.org/raft/orders/2/",
                "spiffe://example.org/raft/orders",
                "spiffe://example.org/raft/orders/2/3",
                "spiffe:///raft/orders/2",
                "spiffe://example.org/raft/ORDERS/2"
            })
    void uriThatIsAlmostRightSpeaksForNobodyAndNoNameHelps(String uri) {
        assertThat(objection(PLAIN, 2, List.of("node2"), uri, "node2")).contains("not of member 2");
    }

    @Test
    void otherUrisCountForNothing() {
        assertThat(objection(PLAIN, 2, List.of("node2"), "spiffe://example.org/ns/default/sa/orders", "node2"))
                .isNull();
        assertThat(objection(PLAIN, 2, List.of("node2"), "https://example.org/raft/orders/3", "node2"))
                .isNull();
    }

    @Test
    void clusterMayHaveANameThatAUriCanNotHave() {
        var naming = new PeerNaming("orders & stock+1", null, null);
        assertThat(objection(naming, 2, List.of(), "spiffe://example.org/raft/orders%20%26%20stock+1/2"))
                .isNull();
    }

    @Test
    void trustDomainCountsWhereOneIsSet() {
        var naming = new PeerNaming("orders", "example.org", null);
        assertThat(objection(naming, 2, List.of(), TestAuthority.uri("orders", 2)))
                .isNull();
        assertThat(objection(naming, 2, List.of(), "spiffe://example.com/raft/orders/2"))
                .contains("in the trust domain example.org");
    }

    @Test
    void nameSpeaksForWhoIsReachedByIt() {
        assertThat(objection(PLAIN, 2, List.of("Node2.example.org"), "node2.EXAMPLE.org."))
                .isNull();
        assertThat(objection(PLAIN, 2, List.of("node2.example.org"), "node3.example.org"))
                .startsWith("its certificate is of node3.example.org, and not of node2.example.org, which is member 2")
                .endsWith("spiffe://<trust domain>/raft/orders/2");
        assertThat(objection(PLAIN, 2, List.of("10.0.0.2"), "10.0.0.2")).isNull();
        assertThat(objection(PLAIN, 2, List.of("::1"), "0:0:0:0:0:0:0:1")).isNull();
        assertThat(objection(PLAIN, 2, List.of("10.0.0.2"), "10.0.0.3")).isNotNull();
    }

    @Test
    void wildcardIsNobodysName() {
        assertThat(objection(PLAIN, 2, List.of("node2.example.org"), "*.example.org"))
                .isNotNull();
    }

    @Test
    void commonNameIsNobodysName() {
        var wish = TestAuthority.Wish.of();
        assertThat(PLAIN.objection(AUTHORITY.issue(wish).certificate(), 2, List.of("nobody")))
                .contains("of no name");
    }

    @Test
    void memberWhoseHostIsNotKnownNeedsAUriOrAPattern() {
        assertThat(objection(PLAIN, 9, List.of(), "node9.example.org"))
                .contains("not known here")
                .contains("raft.transport.ssl.peer-name");
        var naming = new PeerNaming("orders", null, "node{id}.{cluster}.example.org");
        assertThat(objection(naming, 9, List.of(), "node9.orders.example.org")).isNull();
        assertThat(objection(naming, 8, List.of(), "node9.orders.example.org")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"raft.example.org, same name for all", "node{i}.example.org, in no name", "*.{id}, in no name"})
    void patternThatTellsNobodyApartIsRefused(String pattern, String reason) {
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new PeerNaming("orders", null, pattern))
                .withMessageContaining(reason);
    }

    @Test
    void trustDomainIsNoUri() {
        assertThatExceptionOfType(TlsSettingsException.class)
                .isThrownBy(() -> new PeerNaming("orders", "spiffe://example.org", null))
                .satisfies(e -> assertThat(e.action()).contains("behind spiffe://"));
    }
}
