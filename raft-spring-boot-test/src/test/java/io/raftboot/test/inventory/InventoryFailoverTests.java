package io.raftboot.test.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftTest;
import org.junit.jupiter.api.Test;

/** The test that the README shows. */
@RaftTest(nodes = 3)
class InventoryFailoverTests {
    @Test
    void stockSurvivesTheLeader(RaftCluster cluster) {
        cluster.leader().bean(Inventory.class).add("apple", 3);
        cluster.crash(cluster.leader());
        assertThat(cluster.leader().bean(Inventory.class).count("apple")).isEqualTo(3);
    }
}
