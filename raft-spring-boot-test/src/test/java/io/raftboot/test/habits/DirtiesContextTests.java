package io.raftboot.test.habits;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;

/** One cluster for all methods of an instance, until a method says that the next needs another. */
@RaftTest(nodes = 1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DirtiesContextTests {
    @Autowired
    private Shop.Orders orders;

    private int before;

    @Test
    @Order(1)
    void firstMethodMakesTheCluster(RaftCluster cluster) {
        assertThat(orders.order()).isEqualTo(++before);
        assertThat(cluster.members()).hasSize(1);
    }

    @Test
    @Order(2)
    @DirtiesContext
    void secondMethodHasItStill() {
        assertThat(orders.order()).isEqualTo(2);
    }

    @Test
    @Order(3)
    void thirdMethodHasAnotherAndItsBeans(RaftCluster cluster) {
        assertThat(orders.order()).isOne();
        assertThat(orders).isSameAs(cluster.member(1).bean(Shop.Orders.class));
    }
}
