package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;

/**
 * TLS between processes as an operator has it: it comes to a cluster that runs, its certificates change, and wrong ones are turned away. It
 * starts more processes than a default build has time for; see docs/testing.md.
 */
@EnabledIfSystemProperty(named = "raft.secured", matches = "true")
class SecuredProcessTests {
    private static final int COMMANDS = 50;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The member in whose place the wrong ones are. */
    private static final long CHANGING = 3;

    @Test
    void tlsComesToARunningClusterAndItsCertificatesChangeWithEveryCommandAccountedFor() throws Exception {
        try (var cluster = new SecuredCluster("secured-rolling")) {
            cluster.startAll(null);
            try (var callers = new Callers(cluster::inService, new Timeline())) {
                callers.awaitMore(COMMANDS);
                assertThat(cluster.tls(1).isNull()).isTrue();
                restartOneByOne(cluster, callers, null, "permissive");
                for (long id = 1; id <= SecuredCluster.SIZE; id++) {
                    awaitTls(cluster, id, tls -> assertThat(tls.get("connectedWithoutTls"))
                            .isEmpty());
                }
                restartOneByOne(cluster, callers, "permissive", "required");
                for (long id = 1; id <= SecuredCluster.SIZE; id++) {
                    renew(cluster, id);
                    callers.awaitMore(COMMANDS);
                }
                callers.stop();
                callers.assertAccountedFor(cluster.members());
            }
        }
    }

    /**
     * Restarts one member after the other.
     *
     * @param before the mode of those whose turn has not come; null for no TLS
     */
    private static void restartOneByOne(SecuredCluster cluster, Callers callers, @Nullable String before, String mode) {
        for (long id = 1; id <= SecuredCluster.SIZE; id++) {
            cluster.restart(id, mode);
            callers.awaitMore(COMMANDS);
            var plain = before == null
                    ? LongStream.rangeClosed(id + 1, SecuredCluster.SIZE)
                            .boxed()
                            .toList()
                    : List.<Long>of();
            awaitTls(cluster, id, tls -> {
                assertThat(tls.get("mode").asString()).isEqualTo(mode);
                assertThat(tls.get("connectedWithoutTls")).map(JsonNode::asLong).isEqualTo(plain);
            });
        }
    }

    /** Another certificate, which is in force when all connections have been made with it. */
    private static void renew(SecuredCluster cluster, long id) throws IOException {
        Keytool issuer = cluster.issuer();
        String alias = "renewed" + id;
        issuer.issue(alias, Keytool.uri(SecuredCluster.NAME, id), "-validity", "70");
        issuer.write(alias, cluster.certificates(id));
        X509Certificate renewed = issuer.certificate(alias);
        awaitTls(cluster, id, tls -> {
            assertThat(tls.get("certificateExpires").asString())
                    .isEqualTo(renewed.getNotAfter().toInstant().toString());
            assertThat(tls.get("rejectedUpdate").isNull()).isTrue();
            assertThat(tls.get("recycled").asLong()).isPositive();
            assertThat(cluster.member(id).output())
                    .contains(
                            "all connections with other members are made with the certificates that were changed last");
        });
        assertThat(Stranger.shownAt(cluster.raftPort(id), issuer.context(alias, issuer)))
                .isEqualTo(renewed);
    }

    @Test
    void eachWrongCertificateIsTurnedAwayByNameAndTheClusterGoesOn() throws Exception {
        try (var cluster = new SecuredCluster("secured-wrong")) {
            Keytool other = issueWrongOnes(cluster);
            cluster.startAll("required");
            try (var callers = new Callers(cluster::inService, new Timeline())) {
                callers.awaitMore(COMMANDS);
                cluster.stop(CHANGING);
                refusedByThemselves(cluster);
                callers.awaitMore(COMMANDS);
                refusedByTheOthers(cluster, other);
                callers.awaitMore(COMMANDS);
                refusedWithoutLookingAtTheirOwn(cluster, other);
                cluster.issuer().write("node3", cluster.certificates(CHANGING));
                cluster.start(CHANGING, cluster.secured(CHANGING, "required"));
                cluster.awaitInService(CHANGING);
                callers.awaitMore(COMMANDS);
                callers.stop();
                callers.assertAccountedFor(cluster.members());
            }
            assertThat(cluster.tls(1).get("refused").propertyNames()).contains("handshake", "identity", "plain");
        }
    }

    /** @return another issuer */
    private static Keytool issueWrongOnes(SecuredCluster cluster) {
        Keytool issuer = cluster.issuer();
        String right = Keytool.uri(SecuredCluster.NAME, CHANGING);
        issuer.issue("stock", Keytool.uri("stock", CHANGING));
        issuer.issue("expired", right, "-startdate", "-10d", "-validity", "5");
        issuer.issue("server", right, "-ext", "EKU=serverAuth");
        Keytool other = cluster.keytool("other");
        other.issue("node3", right);
        return other;
    }

    /** What a member can see for itself ends its start, with what to do. */
    private static void refusedByThemselves(SecuredCluster cluster) {
        var settings = cluster.secured(CHANGING, "required");
        endsAtItsStart(
                cluster,
                "node2",
                settings,
                "raft/orders/2, and not of member 3 of cluster orders",
                "Issue one for this very member");
        endsAtItsStart(
                cluster,
                "stock",
                settings,
                "raft/stock/3, and not of member 3 of cluster orders",
                "correct raft.node-id, raft.cluster-name");
        endsAtItsStart(cluster, "expired", settings, "which is not now", "Issue another one, or correct the clock");
        endsAtItsStart(
                cluster, "server", settings, "is not for servers and clients both", "with serverAuth and clientAuth");
        endsAtItsStart(
                cluster,
                "node3",
                cluster.withoutCertificate(CHANGING, "required"),
                "there is no certificate with a private key",
                "Give the bundle a keystore");
    }

    private static void endsAtItsStart(
            SecuredCluster cluster, String alias, Map<String, String> settings, String... words) {
        cluster.issuer().write(alias, cluster.certificates(CHANGING));
        var member = cluster.start(CHANGING, settings);
        assertThat(member.waitFor(LIMIT)).isNotZero();
        assertThat(member.output()).contains(words);
    }

    /** What a member finds in order, as it is of another issuer, of another cluster or of another member itself, is so to nobody else. */
    private static void refusedByTheOthers(SecuredCluster cluster, Keytool other) {
        String dialled = "connecting to member 3 at 127.0.0.1:" + cluster.raftPort(CHANGING) + " ";
        refused(cluster, other, "node3", cluster.secured(CHANGING, "required"), dialled + "failed: the other side");
        refused(cluster, null, "", cluster.plain(CHANGING), "does not speak TLS, which is required here");

        var stock = cluster.secured(CHANGING, "required");
        stock.put("raft.cluster-name", "stock");
        cluster.begunAnew(stock);
        String notOfOrders = "raft/stock/3, and not of member 3 of cluster orders";
        refused(cluster, cluster.issuer(), "stock", stock, dialled + "was given up by this side", notOfOrders);

        // It knows nobody, so that it is dialled and dials nobody: in place of member 2 it would be right.
        var second = cluster.secured(CHANGING, "required");
        second.put("raft.node-id", "2");
        second.put("raft.peers", "2@127.0.0.1:" + cluster.raftPort(CHANGING));
        cluster.begunAnew(second);
        String notOfThree = "raft/orders/2, and not of member 3 of cluster orders";
        refused(cluster, cluster.issuer(), "node2", second, dialled + "was given up by this side", notOfThree);
    }

    /** @param words what one of the others says */
    private static void refused(
            SecuredCluster cluster,
            @Nullable Keytool keytool,
            String alias,
            Map<String, String> settings,
            String... words) {
        if (keytool != null) {
            keytool.write(alias, cluster.certificates(CHANGING));
        }
        var member = cluster.start(CHANGING, settings);
        awaitSaid(cluster, words);
        member.kill();
    }

    /** Whoever uses a certificate in spite of what is wrong with it. */
    private static void refusedWithoutLookingAtTheirOwn(SecuredCluster cluster, Keytool other) throws IOException {
        Keytool issuer = cluster.issuer();
        int port = cluster.raftPort(1);
        assertThat(Stranger.isHeard(port, issuer.context("expired", issuer))).isFalse();
        awaitSaid(cluster, "connection from 127.0.0.1 failed in TLS", "NotAfter");
        assertThat(Stranger.isHeard(port, issuer.context("server", issuer))).isFalse();
        awaitSaid(cluster, "connection from 127.0.0.1 failed in TLS", "TLS client authentication");
        assertThat(Stranger.isHeard(port, issuer.context(null, issuer))).isFalse();
        awaitSaid(cluster, "connection from 127.0.0.1 failed in TLS", "Empty client certificate chain");
        assertThat(Stranger.isHeard(port, other.context("node3", issuer))).isFalse();
        awaitSaid(cluster, "connection from 127.0.0.1 failed in TLS", "PKIX path");
    }

    /** One of the two that stay says all of this in one line. */
    private static void awaitSaid(SecuredCluster cluster, String... words) {
        await("that somebody says " + String.join(" … ", words)).atMost(LIMIT).untilAsserted(() -> assertThat(
                        (cluster.member(1).output() + cluster.member(2).output()).lines())
                .anySatisfy(line -> assertThat(line).contains(words)));
    }

    @FunctionalInterface
    private interface Wanted {
        void of(JsonNode tls) throws IOException;
    }

    private static void awaitTls(SecuredCluster cluster, long id, Wanted wanted) {
        await("TLS of node " + id).atMost(LIMIT).untilAsserted(() -> wanted.of(cluster.tls(id)));
    }
}
