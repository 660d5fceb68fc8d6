package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.ReplicaListener;
import io.raftboot.replica.TestCluster;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OfficeTests {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ReplicaEvents events = new ReplicaEvents(ThreadedHost.SYSTEM, "events");
    private final Office office = new Office(1, events);
    private volatile boolean believed = true;

    OfficeTests() {
        office.believeWhile(term -> believed);
        events.addListener(new ReplicaListener() {
            @Override
            public void leadershipGranted(long term) {
                told.add("granted " + term);
            }

            @Override
            public void leadershipRevoked(long term) {
                told.add("revoked " + term);
            }
        });
    }

    private void assertTold(String... expected) {
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(told).containsExactly(expected));
    }

    @Test
    void leadershipIsRevokedWhenNoMajorityIsHeardAndGrantedAgainWhenOneIs() {
        office.take(3);
        office.look();
        believed = false;
        office.look();
        office.look();
        assertTold("granted 3", "revoked 3");
        believed = true;
        office.look();
        office.leave();
        assertTold("granted 3", "revoked 3", "granted 3", "revoked 3");
    }

    @Test
    void leadershipThatWasRevokedIsNotRevokedAgainAtItsEnd() {
        office.take(3);
        believed = false;
        office.look();
        office.leave();
        believed = true;
        office.look();
        office.take(5);
        assertTold("granted 3", "revoked 3", "granted 5");
    }

    @Test
    void leadershipEndsWithTheMemberThoughTheStageThatWouldSaySoHangs() {
        office.take(3);
        office.end();
        office.take(5);
        office.look();
        office.take(7);
        office.leave();
        assertTold("granted 3", "revoked 3");
    }
}
