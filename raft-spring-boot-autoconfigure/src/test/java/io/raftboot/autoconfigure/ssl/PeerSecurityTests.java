package io.raftboot.autoconfigure.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftClusterDetails;
import io.raftboot.autoconfigure.ResolvedContext;
import io.raftboot.autoconfigure.actuate.RaftEndpoint;
import io.raftboot.autoconfigure.actuate.RaftEndpointAutoConfiguration;
import io.raftboot.autoconfigure.actuate.RaftHealthContributorAutoConfiguration;
import io.raftboot.autoconfigure.actuate.RaftHealthIndicator;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.transport.Reach;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TestAuthority.Issued;
import io.raftboot.transport.tls.TestAuthority.Wish;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** TLS between the members out of properties and bundles. */
class PeerSecurityTests {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final String URI = TestAuthority.uri("raft", 1);
    private static final String USED = "raft.transport.ssl.bundle=raft";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(context -> AutoConfigurationPackages.register(
                    (BeanDefinitionRegistry) context.getBeanFactory(), PeerSecurityTests.class.getPackageName()))
            .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, RaftAutoConfiguration.class));

    private final ApplicationContextRunner unstarted = runner.withInitializer(ResolvedContext::startNothing);

    private static String[] bundle(Issued issued) {
        return new String[] {
            USED,
            "spring.ssl.bundle.pem.raft.keystore.certificate=" + issued.certificatePem(),
            "spring.ssl.bundle.pem.raft.keystore.private-key=" + issued.keyPem(),
            "spring.ssl.bundle.pem.raft.truststore.certificate=" + AUTHORITY.pem()
        };
    }

    private static SslBundle sslBundle(Issued issued) {
        return SslBundle.of(new PemSslStoreBundle(
                PemSslStoreDetails.forCertificate(issued.certificatePem()).withPrivateKey(issued.keyPem()),
                PemSslStoreDetails.forCertificate(AUTHORITY.pem())));
    }

    private static TransportSecurity security(PeerSecurity peers) {
        return Objects.requireNonNull(peers.transport());
    }

    @Test
    void withoutABundleThereIsNoTls() {
        unstarted.run(context ->
                assertThat(context.getBean(PeerSecurity.class).transport()).isNull());
    }

    @Test
    void bundleIsTlsThatIsRequired() {
        unstarted.withPropertyValues(bundle(AUTHORITY.issue(URI))).run(context -> {
            var status = security(context.getBean(PeerSecurity.class)).status();
            assertThat(status.mode()).isEqualTo(Mode.REQUIRED);
            assertThat(status.expiresAt()).isAfter(Instant.now());
        });
    }

    @Test
    void modeIsTheOneOfTheProperty() {
        unstarted
                .withPropertyValues(with(bundle(AUTHORITY.issue(URI)), "raft.transport.ssl.mode=permissive"))
                .run(context -> assertThat(security(context.getBean(PeerSecurity.class))
                                .status()
                                .mode())
                        .isEqualTo(Mode.PERMISSIVE));
    }

    @Test
    void modeThatDoesNotExistEndsTheStart() {
        unstarted
                .withPropertyValues(with(bundle(AUTHORITY.issue(URI)), "raft.transport.ssl.mode=perhaps"))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("perhaps"));
    }

    @Test
    void trustDomainIsTheOneOfTheProperty() {
        unstarted
                .withPropertyValues(with(bundle(AUTHORITY.issue(URI)), "raft.transport.ssl.trust-domain=example.org"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void nameOfAMemberIsByThePatternOfTheProperty() {
        unstarted
                .withPropertyValues(with(
                        bundle(AUTHORITY.issue("node1.example.org")),
                        "raft.transport.ssl.peer-name=node{id}.example.org"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void bundleThatNobodyMakesEndsTheStart() {
        new ApplicationContextRunner()
                .withInitializer(ResolvedContext::startNothing)
                .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
                .withPropertyValues(USED)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("this application has no SSL bundles"));
    }

    @Test
    void bundleOfTheClusterDetailsCountsBeforeTheOneThatIsNamed() {
        var given = sslBundle(AUTHORITY.issue(Wish.of(URI).until(Instant.now().plus(Duration.ofDays(3)))));
        unstarted
                .withPropertyValues(bundle(AUTHORITY.issue(URI)))
                .withBean(RaftClusterDetails.class, () -> details(given))
                .run(context -> assertThat(security(context.getBean(PeerSecurity.class))
                                .status()
                                .expiresAt())
                        .isBefore(Instant.now().plus(Duration.ofDays(4))));
    }

    private static RaftClusterDetails details(SslBundle bundle) {
        return new RaftClusterDetails() {
            @Override
            public List<Peer> peers() {
                return List.of();
            }

            @Override
            public @Nullable SslBundle sslBundle() {
                return bundle;
            }
        };
    }

    static Stream<Arguments> wrongSettings() {
        var good = AUTHORITY.issue(URI);
        return Stream.of(
                Arguments.of("raft.transport.ssl.bundle", "there is no bundle of that name", new String[] {USED}),
                Arguments.of("raft.transport.ssl.mode", "there would be no TLS at all", new String[] {
                    "raft.transport.ssl.mode=permissive"
                }),
                Arguments.of("raft.transport.ssl.trust-domain", "there would be no TLS at all", new String[] {
                    "raft.transport.ssl.trust-domain=example.org"
                }),
                Arguments.of("raft.transport.ssl.peer-name", "there would be no TLS at all", new String[] {
                    "raft.transport.ssl.peer-name=node{id}.example.org"
                }),
                Arguments.of("raft.transport.ssl.bundle", "is empty", new String[] {"raft.transport.ssl.bundle= "}),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "and not of member 1 of cluster raft",
                        with(bundle(good), "raft.transport.ssl.trust-domain=example.com")),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "node2.example.org",
                        with(
                                bundle(AUTHORITY.issue("node2.example.org")),
                                "raft.transport.ssl.peer-name=node{id}.example.org")),
                Arguments.of("raft.transport.ssl.bundle", "it has no truststore", new String[] {
                    USED,
                    "spring.ssl.bundle.pem.raft.keystore.certificate=" + good.certificatePem(),
                    "spring.ssl.bundle.pem.raft.keystore.private-key=" + good.keyPem()
                }),
                Arguments.of("raft.transport.ssl.bundle", "there is no certificate with a private key", new String[] {
                    USED, "spring.ssl.bundle.pem.raft.truststore.certificate=" + AUTHORITY.pem()
                }),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "raft/raft/2, and not of member 1 of cluster raft",
                        bundle(AUTHORITY.issue(TestAuthority.uri("raft", 2)))),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "which is not now",
                        bundle(AUTHORITY.issue(Wish.of(URI).until(Instant.now().minusSeconds(5))))),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "extended key usage",
                        bundle(AUTHORITY.issue(Wish.of(URI).forUse(TestAuthority.CLIENT_USE)))),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "comes to nothing",
                        bundle(new TestAuthority("another").issue(URI))),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "TLS_ROT13",
                        with(bundle(good), "spring.ssl.bundle.pem.raft.options.ciphers=TLS_ROT13")),
                Arguments.of(
                        "raft.transport.ssl.bundle",
                        "it can't be read",
                        with(bundle(good), "spring.ssl.bundle.pem.raft.keystore.certificate=file:/nowhere/node1.crt")),
                Arguments.of(
                        "raft.transport.ssl.peer-name",
                        "the same name for all members",
                        with(bundle(good), "raft.transport.ssl.peer-name=raft.example.org")),
                Arguments.of(
                        "raft.transport.ssl.trust-domain",
                        "the trust domain spiffe://x is none",
                        with(bundle(good), "raft.transport.ssl.trust-domain=spiffe://x")));
    }

    private static String[] with(String[] values, String more) {
        return Stream.concat(Stream.of(values), Stream.of(more)).toArray(String[]::new);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("wrongSettings")
    void whatCanNotWorkEndsTheStart(String property, String reason, String[] values) {
        unstarted.withPropertyValues(values).run(context -> {
            assertThat(context).hasFailed();
            var cause = NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(context.getStartupFailure()));
            assertThat(cause).isInstanceOfSatisfying(InvalidRaftPropertyException.class, e -> {
                assertThat(e.property()).isEqualTo(property);
                assertThat(e.getMessage()).contains(reason);
                assertThat(e.action()).endsWith(".");
            });
        });
    }

    @Test
    void analysisSaysWhatWasWrittenAndWhatToWrite() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("written", Map.of("raft.transport.ssl.mode", "permissive")));
        var analysis = ResolvedContext.analysisOfStart(environment);
        assertThat(analysis.getDescription())
                .startsWith("The property raft.transport.ssl.mode is set, but raft.transport.ssl.bundle is not")
                .contains("written");
        assertThat(analysis.getAction()).contains("below spring.ssl.bundle");
    }

    @Test
    void updateIsPutInForceAndAWrongOneIsNot() {
        var registry = new DefaultSslBundleRegistry("raft", sslBundle(AUTHORITY.issue(URI)));
        unstarted
                .withBean(DefaultSslBundleRegistry.class, () -> registry)
                .withPropertyValues(USED)
                .run(context -> {
                    var security = security(context.getBean(PeerSecurity.class));
                    var first = security.material();
                    registry.updateBundle("raft", sslBundle(AUTHORITY.issue(URI)));
                    var second = security.material();
                    assertThat(second).isNotEqualTo(first);
                    registry.updateBundle("raft", sslBundle(AUTHORITY.issue(TestAuthority.uri("raft", 2))));
                    assertThat(security.material()).isEqualTo(second);
                    assertThat(security.status().rejectedUpdate()).contains("not of member 1 of cluster raft");
                    registry.updateBundle(
                            "raft",
                            SslBundle.of(new PemSslStoreBundle(
                                    PemSslStoreDetails.forCertificate("file:/nowhere.crt"), null)));
                    assertThat(security.material()).isEqualTo(second);
                    assertThat(security.status().rejectedUpdate()).contains("it can't be read");
                });
    }

    @Test
    void filesThatChangeArePutInForce(@TempDir Path dir) throws IOException {
        write(dir, AUTHORITY.issue(URI));
        unstarted
                .withPropertyValues(
                        USED,
                        "spring.ssl.bundle.watch.file.quiet-period=20ms",
                        "spring.ssl.bundle.pem.raft.reload-on-update=true",
                        "spring.ssl.bundle.pem.raft.keystore.certificate=file:" + dir.resolve("node.crt"),
                        "spring.ssl.bundle.pem.raft.keystore.private-key=file:" + dir.resolve("node.key"),
                        "spring.ssl.bundle.pem.raft.truststore.certificate=file:" + dir.resolve("ca.crt"))
                .run(context -> {
                    var security = security(context.getBean(PeerSecurity.class));
                    var issued = AUTHORITY.issue(URI);
                    write(dir, issued);
                    await().untilAsserted(() ->
                            assertThat(security.material().certificates()).containsExactly(issued.certificate()));
                });
    }

    private static void write(Path dir, Issued issued) throws IOException {
        Files.writeString(dir.resolve("ca.crt"), AUTHORITY.pem());
        Files.writeString(dir.resolve("node.key"), issued.keyPem());
        Files.writeString(dir.resolve("node.crt"), issued.certificatePem());
    }

    @Test
    void twoMembersSpeakTlsAndTheirHealthAndEndpointSaySo(@TempDir Path dir) throws IOException {
        var ports = freePorts();
        String peers = "raft.peers=1@127.0.0.1:" + ports.get(0) + ",2@127.0.0.1:" + ports.get(1);
        member(1, peers, dir).run(one -> member(2, peers, dir).run(two -> {
            var replica = one.getBean(Replica.class);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                var status = replica.status().get(10, TimeUnit.SECONDS);
                assertThat(status.leaderId()).isNotNull();
                assertThat(status.reach()).containsEntry(2L, Reach.DIALLED);
            });
            assertThat(security(one.getBean(PeerSecurity.class)).status().plainPeers())
                    .isEmpty();
            var health = one.getBean(RaftHealthIndicator.class).health();
            var tls = (Map<?, ?>) Objects.requireNonNull(
                    Objects.requireNonNull(health).getDetails().get("tls"));
            assertThat(tls.get("mode")).isEqualTo("required");
            assertThat(tls.get("daysToExpiry")).isEqualTo(29L);
            assertThat(tls.get("rejectedUpdate")).isNull();
            var shown = one.getBean(RaftEndpoint.class).status().tls();
            assertThat(Objects.requireNonNull(shown).mode()).isEqualTo("required");
            assertThat(shown.daysToExpiry()).isEqualTo(29);
            assertThat(shown.connectedWithoutTls()).isEmpty();
        }));
    }

    private ApplicationContextRunner member(long id, String peers, Path dir) {
        return runner.withConfiguration(AutoConfigurations.of(
                        RaftHealthContributorAutoConfiguration.class, RaftEndpointAutoConfiguration.class))
                .withPropertyValues("management.endpoints.web.exposure.include=raft")
                .withPropertyValues(bundle(AUTHORITY.issue(TestAuthority.uri("raft", id))))
                .withPropertyValues(peers, "raft.node-id=" + id, "raft.data-dir=" + dir.resolve("node" + id));
    }

    private static List<Integer> freePorts() throws IOException {
        var ports = new ArrayList<Integer>();
        try (var one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ports.add(one.getLocalPort());
            ports.add(two.getLocalPort());
        }
        return ports;
    }
}
