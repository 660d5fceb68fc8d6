package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.testing.FakeReplica;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;

class RaftPropertiesTests {
    private static final List<Peer> THREE =
            List.of(new Peer(1, "a", 7400), new Peer(2, "b", 7402), new Peer(3, "c", 7403));

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Bound.class);

    @Test
    void defaultsAreADurableClusterOfOne() {
        runner.run(context -> {
            RaftProperties properties = context.getBean(RaftProperties.class);
            assertThat(properties.memberId()).isEqualTo(1);
            assertThat(properties.peers()).isEmpty();
            assertThat(properties.dataDir()).isEqualTo("data/raft");
            assertThat(properties.storage()).isEqualTo(StorageKind.WAL);
            assertThat(properties.electionTimeout()).isEqualTo(Duration.ofSeconds(1));
            assertThat(properties.preVote()).isTrue();
            assertThat(properties.checkQuorum()).isTrue();
            assertThat(properties.onFailure()).isEqualTo(FailureAction.RESTART);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "raft.peers=1@a,2@b:7402,3@c:7403",
                "raft.peers[0]=1@a|raft.peers[1]=2@b:7402|raft.peers[2]=3@c:7403"
            })
    void peersAreReadFromACommaStringAndAList(String written) {
        runner.withPropertyValues("raft.node-id=2")
                .withPropertyValues(written.split("\\|"))
                .run(context -> assertThat(context.getBean(RaftProperties.class).peers())
                        .isEqualTo(THREE));
    }

    @Test
    void peersAreReadFromIndexedEnvironmentVariables() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment",
                                Map.of(
                                        "RAFT_NODE_ID",
                                        "3",
                                        "RAFT_PEERS_0",
                                        "1@a",
                                        "RAFT_PEERS_1",
                                        "2@b:7402",
                                        "RAFT_PEERS_2",
                                        "3@c:7403"))))
                .run(context -> {
                    RaftProperties properties = context.getBean(RaftProperties.class);
                    assertThat(properties.peers()).isEqualTo(THREE);
                    assertThat(properties.memberId()).isEqualTo(3);
                });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "raft.node-id=0 | raft.node-id is 0 | from 1 upwards",
                "raft.node-id=one | raft.node-id is 'one' | type Long",
                "raft.peers=a:7400 | 'a:7400' is not a peer | 1@node1:7400",
                "raft.peers=1@a | raft.node-id is not set | Write raft.node-id",
                "raft.node-id=4 raft.peers=1@a,2@b | not among raft.peers | 4@host:port",
                "raft.node-id=1 raft.peers=1@a,1@b | two members with the id 1 | id of its own",
                "raft.node-id=1 raft.peers=1@a,2@a:7400 | the address a:7400 | address of its own",
                "raft.node-id=1 raft.peers=1@a:70000 | port 70000 | 1@node1:7400",
                "raft.join=true | raft.peers is [] | at least one member",
                "raft.cluster-name= | raft.cluster-name is empty | Write a name",
                "raft.data-dir= | raft.data-dir is empty | data/raft",
                "raft.tick-interval=0ms | raft.tick-interval is 0ms | longer than 0",
                "raft.tick-interval=-50ms | raft.tick-interval is -50ms | longer than 0",
                "raft.heartbeat-interval=120ms | no whole multiple | 100ms or 150ms",
                "raft.heartbeat-interval=20ms | no whole multiple | Write 50ms",
                "raft.election-timeout=1020ms | raft.election-timeout is 1020ms | 1s or 1050ms",
                "raft.election-timeout=100ms | not longer than raft.heartbeat-interval | 1s",
                "raft.election-timeout=soon | raft.election-timeout is 'soon' | 100ms or 5s",
                "raft.command-timeout=0s | raft.command-timeout is 0ms | 5s",
                "raft.max-command-size=0B | raft.max-command-size is 0B | between 1B and 64MB",
                "raft.max-command-size=4GB | raft.max-command-size is | 64MB",
                "raft.wal.segment-size=1KB | raft.wal.segment-size is 1KB | between 4KB and 1GB",
                "raft.wal.cache-size=-1B | raft.wal.cache-size is -1B | between 1B",
                "raft.max-pending-commands=0 | raft.max-pending-commands is 0 | 16384",
                "raft.max-pending-bytes=0B | raft.max-pending-bytes is 0B | greater than 0",
                "raft.max-pending-bytes=100TB | raft.max-pending-bytes is 100TB, as much as the heap of this process | -Xmx",
                "raft.wal.cache-size=64GB | as much as the heap of this process ( | leave it out",
                "raft.session.timeout=10s | raft.session.timeout is 10s, not more than twice raft.command-timeout | 50s",
                "raft.session.max-sessions=0 | raft.session.max-sessions is 0 | 10000",
                "raft.session.key-retention=10s | raft.session.key-retention is 10s, not more than twice raft.command-timeout | 50s",
                "raft.command-timeout=40m | raft.command-timeout is 40m, not less than half of raft.session.timeout (1h) | 400m",
                "raft.command-timeout=50ms | raft.command-timeout is 50ms, not longer than raft.tick-interval | 5s",
                "raft.session.timeout=4000d | raft.session.timeout is 4000d | at most 3650d",
                "raft.session.key-retention=4000d | raft.session.key-retention is 4000d | at most 3650d",
                "raft.apply.skip=12 | raft.apply.skip | raft.apply.skip=4711:3:0c9a2f5e",
                "raft.apply.skip=0:0:00000000 | '0:0:00000000' names no entry | INDEX:TERM:CHECKSUM",
                "raft.apply.skip=12:3:0c9a2f5e,12:3:x | '12:3:x' names no entry | INDEX:TERM:CHECKSUM",
                "raft.session.key-retention=0s | raft.session.key-retention is 0ms | 1h",
                "raft.session.max-keys=0 | raft.session.max-keys is 0 | 100000",
                "raft.session.max-key-size=0B | raft.session.max-key-size is 0B | between 1B",
                "raft.snapshot.interval-entries=0 | raft.snapshot.interval-entries is 0 | 100000",
                "raft.snapshot.keep-entries=-1 | raft.snapshot.keep-entries is -1 | 0 upwards",
                "raft.snapshot.interval-size=-1B | raft.snapshot.interval-size is -1B | between 0B",
                "raft.snapshot.interval=-1s | raft.snapshot.interval is -1s | or 0",
                "raft.snapshot.retain=0 | raft.snapshot.retain is 0 | 2",
                "raft.snapshot.transfer-rate=-1B | raft.snapshot.transfer-rate is -1B | between 0B",
                "raft.snapshot.max-kept-log=-1B | raft.snapshot.max-kept-log is -1B | between 0B",
                "raft.disk.low-mark=0B | raft.disk.low-mark is 0B | between 1B",
                "raft.disk.high-mark=1MB | raft.disk.high-mark is 1MB, but raft.disk.low-mark is not set | raft.disk.low-mark",
                "raft.disk.low-mark=8MB raft.disk.high-mark=1MB | raft.disk.high-mark is 1MB | 16MB",
                "raft.disk.low-mark=8MB raft.disk.stop-mark=8MB | raft.disk.stop-mark is 8MB | 2MB",
                "raft.wal.segment-size=big | raft.wal.segment-size is 'big' | 64MB",
                "raft.transport.host-timeout=-1s | raft.transport.host-timeout is -1s | for example 1m, or 0",
                "raft.transport.port=0 | raft.transport.port is 0 | between 1 and 65535",
                "raft.no-leader=never | raft.no-leader is 'never' | [refuse, wait]",
                "raft.on-failure=panic | raft.on-failure is 'panic' | [stop-member, exit, restart]",
                "raft.data-dir=/a;INIT=x | is /a;INIT=x, with a semicolon | no semicolon",
                "raft.data-dir=b/../a;b/c | with a semicolon | no semicolon",
                "raft.storage=tape | raft.storage is 'tape' | [wal, memory]"
            })
    void wrongValueFailsTheStartAndSaysWhatToWrite(String written, String description, String action) {
        runner.withPropertyValues(written.split(" ")).run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis analysis = analyze(Objects.requireNonNull(context.getStartupFailure()));
            assertThat(analysis.getDescription()).contains(description);
            assertThat(analysis.getAction()).contains(action);
        });
    }

    @Test
    void membersChangeAsThePropertiesSay() {
        runner.run(context ->
                assertThat(policy(context.getBean(RaftProperties.class))).isEqualTo(MembershipPolicy.defaults()));
        runner.withPropertyValues(
                        "raft.membership.stable-after=3s",
                        "raft.membership.promote=manual",
                        "raft.membership.accept-joins=true",
                        "raft.membership.replace-wiped=true",
                        "raft.membership.remove-dead-after=2h",
                        "raft.membership.min-voters=3",
                        "raft.membership.max-voters=5")
                .run(context -> assertThat(policy(context.getBean(RaftProperties.class)))
                        .isEqualTo(new MembershipPolicy(
                                Duration.ofSeconds(3), Promotion.MANUAL, true, true, Duration.ofHours(2), 3, 5)));
    }

    private static MembershipPolicy policy(RaftProperties properties) {
        return MemberFactory.replicaConfig(properties, List.of()).membership();
    }

    @ParameterizedTest
    @CsvSource({"true, false, true", "false, false, false", "true, true, false"})
    @ExtendWith(OutputCaptureExtension.class)
    void memberThatLetsEverybodyInIsWarnedOf(
            boolean acceptJoins, boolean provesWhoItIs, boolean warned, CapturedOutput output) {
        runner.withPropertyValues("raft.membership.accept-joins=" + acceptJoins).run(context -> {
            var lifecycle = new RaftNodeLifecycle(
                    FakeReplica.of(Map.of()).replica(),
                    context.getBean(RaftProperties.class),
                    provesWhoItIs,
                    Stream.empty());
            lifecycle.start();
            lifecycle.stop();
            assertThat(output.getAll().contains("WARN") && output.getAll().contains("accept-joins=true"))
                    .isEqualTo(warned);
        });
    }

    private static FailureAnalysis analyze(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation(RaftPropertiesTests.class.getClassLoader())
                .load(
                        FailureAnalyzer.class,
                        SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(RaftPropertiesTests.class)))
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody explains", failure));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(RaftProperties.class)
    static class Bound {}
}
