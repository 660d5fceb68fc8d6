package io.raftboot.autoconfigure.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftPeerDiscovery;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.testing.FakedMember;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Members of a stateful set, found by the names that they have there. */
class DnsDiscoveryTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class))
            .withUserConfiguration(FakedMember.class);

    private static StandardEnvironment environment(String... pairs) {
        var environment = new StandardEnvironment();
        var properties = new HashMap<String, Object>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            properties.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        environment.getPropertySources().addFirst(new MapPropertySource("written", Map.copyOf(properties)));
        new DnsMembers().postProcessEnvironment(environment, new SpringApplication());
        return environment;
    }

    @Test
    void nameOfTheHostSaysWhichMemberItIsAndWhereTheOthersAre() {
        var environment = environment(
                "raft.discovery.dns.name=kv.default.svc", "raft.discovery.dns.members=3", "HOSTNAME=my-kv-1");
        assertThat(environment.getProperty("raft.node-id")).isEqualTo("2");
        assertThat(environment.getProperty("raft.join")).isEqualTo("false");
        assertThat(environment.getProperty("raft.peers"))
                .isEqualTo("1@my-kv-0.kv.default.svc:7400,2@my-kv-1.kv.default.svc:7400,3@my-kv-2.kv.default.svc:7400");
    }

    @Test
    void memberBehindTheFirstOnesJoinsThem() {
        var environment = environment(
                "raft.discovery.dns.name=kv",
                "raft.discovery.dns.members=2",
                "raft.discovery.dns.port=7500",
                "raft.discovery.dns.host-name=kv-4.kv.default.svc");
        assertThat(environment.getProperty("raft.join")).isEqualTo("true");
        assertThat(environment.getProperty("raft.peers")).isEqualTo("1@kv-0.kv:7500,2@kv-1.kv:7500,5@kv-4.kv:7500");
    }

    @Test
    void whatIsWrittenCountsMore() {
        var environment = environment(
                "raft.discovery.dns.name=kv",
                "raft.discovery.dns.members=3",
                "HOSTNAME=kv-0",
                "raft.peers=1@a:1,2@b:1",
                "raft.node-id=2");
        assertThat(environment.getProperty("raft.peers")).isEqualTo("1@a:1,2@b:1");
        assertThat(environment.getProperty("raft.node-id")).isEqualTo("2");
    }

    @Test
    void nothingIsSaidWithoutAServiceOrAnOrdinal() {
        assertThat(environment("HOSTNAME=kv-0").getPropertySources().contains(DnsMembers.SOURCE))
                .isFalse();
        assertThat(environment("raft.discovery.dns.name=kv", "HOSTNAME=laptop")
                        .getPropertySources()
                        .contains(DnsMembers.SOURCE))
                .isFalse();
        assertThat(environment("raft.discovery.dns.name=kv", "raft.discovery.dns.port=0", "HOSTNAME=kv-0")
                        .getPropertySources()
                        .contains(DnsMembers.SOURCE))
                .isFalse();
    }

    @Test
    void anyMemberIsFoundByItsIdAlsoOneThatIsAddedLater() {
        runner.withPropertyValues("raft.discovery.dns.name=kv", "HOSTNAME=my-kv-1")
                .run(context -> {
                    var discovery = context.getBean(RaftPeerDiscovery.class);
                    assertThat(discovery.addressOf(9)).isEqualTo("my-kv-8.kv:7400");
                    assertThat(discovery.addressOf(0)).isNull();
                });
    }

    @Test
    void withoutPropertiesNothingIsDiscoveredAndABeanReplacesIt() {
        runner.run(
                context -> assertThat(context.getBean(RaftPeerDiscovery.class).addressOf(1))
                        .isNull());
        runner.withBean(RaftPeerDiscovery.class, () -> id -> "own:" + id).run(context -> assertThat(
                        context.getBean(RaftPeerDiscovery.class).addressOf(1))
                .isEqualTo("own:1"));
    }

    @Test
    void hostWithoutAnOrdinalFailsTheStart() {
        runner.withPropertyValues("raft.discovery.dns.name=kv", "raft.discovery.dns.host-name=laptop")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidRaftPropertyException.class)
                        .hasMessageContaining("'laptop', does not end in an ordinal"));
    }

    @Test
    void wrongValuesAreNamed() {
        for (var wrong : Map.of(
                        "raft.discovery.dns.port=70000", "is 70000",
                        "raft.discovery.dns.members=0", "is 0",
                        "raft.discovery.dns.name=kv:7400", "is kv:7400")
                .entrySet()) {
            runner.withPropertyValues("raft.discovery.dns.name=kv", "HOSTNAME=kv-0", wrong.getKey())
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidRaftPropertyException.class)
                            .hasMessageContaining(wrong.getValue()));
        }
    }

    @Test
    void propertiesAreKnownToTheCheckOfNames() {
        runner.withPropertyValues(
                        "raft.discovery.dns.name=kv",
                        "raft.discovery.dns.port=7400",
                        "raft.discovery.dns.members=1",
                        "raft.discovery.dns.host-name=kv-0",
                        "raft.node-id=1",
                        "raft.peers=1@kv-0.kv:7400")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .getBean(RaftProperties.class)
                        .extracting(RaftProperties::memberId)
                        .isEqualTo(1L));
    }
}
