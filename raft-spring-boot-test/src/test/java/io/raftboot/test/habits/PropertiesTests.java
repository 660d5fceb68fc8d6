package io.raftboot.test.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftTest;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Profiles and properties hold for all members. */
@RaftTest(
        nodes = 2,
        properties = {
            "shop.a=attribute",
            "shop.b=attribute",
            "shop.c=attribute",
            "raft.election-timeout=600ms",
            "raft.node-id=7"
        })
@TestPropertySource(properties = {"shop.b=source", "shop.c=source"})
@ActiveProfiles("holiday")
class PropertiesTests {
    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        registry.add("shop.c", () -> "dynamic");
    }

    @Test
    void membersHaveWhatTheTestSays(RaftCluster cluster) {
        assertThat(cluster.members()).hasSize(2).allSatisfy(member -> {
            Environment environment = member.context().getEnvironment();
            assertThat(environment.getProperty("shop.a")).isEqualTo("attribute");
            assertThat(environment.getProperty("shop.b")).isEqualTo("source");
            assertThat(environment.getProperty("shop.c")).isEqualTo("dynamic");
            assertThat(environment.getActiveProfiles()).containsExactly("holiday");
            assertThat(member.bean(Shop.Decoration.class)).isNotNull();
            assertThat(environment.getProperty("raft.election-timeout")).isEqualTo("600ms");
            assertThat(member.bean(RaftProperties.class).memberId()).isEqualTo(member.id());
        });
    }
}
