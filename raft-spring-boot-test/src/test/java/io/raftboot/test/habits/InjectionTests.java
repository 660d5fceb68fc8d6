package io.raftboot.test.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftMember;
import io.raftboot.test.RaftTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

/** Fields and parameters are filled in, in the test and in those within it. */
@RaftTest(nodes = 2, properties = "shop.name=corner")
class InjectionTests {
    private final RaftCluster made;

    @Autowired
    private Shop.Orders orders;

    @Autowired
    private RaftCluster cluster;

    @Value("${shop.name}")
    private String name;

    InjectionTests(RaftCluster made) {
        this.made = made;
    }

    @BeforeEach
    void first(@Autowired Shop.Orders same, RaftCluster again) {
        assertThat(same).isSameAs(orders);
        assertThat(again).isSameAs(cluster).isSameAs(made);
        assertThat(orders.order()).as("a cluster of this method alone").isOne();
    }

    @AfterEach
    void contextIsThereWhateverHasCrashed(ApplicationContext context) {
        assertThat(context.getBean(RaftCluster.class)).isSameAs(cluster);
    }

    @Test
    void beansAreThoseOfTheFirstMember(@Value("${raft.node-id}") long id) {
        assertThat(id).isOne();
        assertThat(orders).isSameAs(cluster.member(1).bean(Shop.Orders.class));
        cluster.awaitApplied();
        assertThat(cluster.member(2).bean(Shop.Orders.class).count()).isOne();
        assertThat(name).isEqualTo("corner");
    }

    @Test
    void contextAfterACrashIsThatOfAnotherMember() {
        cluster.crash(cluster.member(1));
    }

    @Test
    void crashOfAllMembersIsNoFailureOfTheTest() {
        cluster.crash(cluster.member(1), cluster.member(2));
    }

    @Nested
    class Inside {
        @Autowired
        private Shop.Orders inner;

        @Test
        void clusterIsThatOfTheTestAround(RaftCluster given) {
            assertThat(given).isSameAs(cluster);
            assertThat(inner).isSameAs(orders);
            assertThat(inner.order()).isEqualTo(2);
        }
    }

    @Nested
    @TestPropertySource(properties = "shop.name=market")
    class WithItsOwnProperties {
        @Test
        void propertiesAreThoseOfTheNestedTest(@Autowired Environment environment) {
            assertThat(environment.getProperty("shop.name")).isEqualTo("market");
            assertThat(name).isEqualTo("market");
        }
    }

    @Nested
    @RaftTest(nodes = 1, properties = "shop.name=kiosk")
    class WithAClusterOfItsOwn {
        @Test
        void nestedAnnotationGoesFirst(RaftCluster given) {
            assertThat(given.members()).extracting(RaftMember::id).containsExactly(1L);
        }
    }
}
