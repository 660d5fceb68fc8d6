package io.raftboot.test.alike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.Divergence.What;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.StatesDiverged;
import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftTest;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** A state machine that is not the same on all members fails the test of its application, which is run here within another. */
class AlikenessTests {
    /** Without it the tests within this one, which are to fail, don't run. */
    private static final String WITHIN = "test.within";

    private static List<Throwable> failures(Class<?> test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(test))
                .build();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        System.setProperty(WITHIN, "true");
        try {
            LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
                    result.getThrowable().ifPresent(failures::add);
                }
            });
        } finally {
            System.clearProperty(WITHIN);
        }
        return failures;
    }

    /** Orders, by customer; which one is the oldest it leaves to the map. */
    @RaftStateMachine("orders")
    static class Orders {
        private final Map<String, Integer> open = new HashMap<>();

        @RaftCommand
        public void place(String customer) {
            open.merge(customer, 1, Integer::sum);
        }

        @RaftCommand
        public String serve() {
            return open.keySet().iterator().next();
        }

        @RaftCommand
        public long stamp() {
            return open.merge("stamp", (int) System.nanoTime(), (old, now) -> now);
        }

        @RaftSnapshot
        public Map<String, Integer> save() {
            return open;
        }

        @RaftRestore
        public void restore(Map<String, Integer> saved) {
            open.clear();
            // Sorted, as many a restore does.
            saved.keySet().stream().sorted().forEach(key -> open.put(key, saved.get(key)));
        }
    }

    /** Forgets what is not in its snapshot. */
    @RaftStateMachine("forgetful")
    static class Forgetful {
        private final Set<String> names = new LinkedHashSet<>();
        private int count;

        @RaftCommand
        public int add(String name) {
            names.add(name);
            return ++count;
        }

        @RaftSnapshot
        public Set<String> save() {
            return names;
        }

        @RaftRestore
        public void restore(Set<String> saved) {
            names.clear();
            names.addAll(saved);
            count = 0;
        }
    }

    /** Keeps what each member has its own of. */
    @RaftStateMachine("whose")
    static class Whose {
        private final long nodeId;
        private long owner;

        Whose(Environment environment) {
            nodeId = environment.getRequiredProperty("raft.node-id", Long.class);
        }

        @RaftCommand
        public void take() {
            owner = nodeId;
        }

        @RaftSnapshot
        public long save() {
            return owner;
        }

        @RaftRestore
        public void restore(long saved) {
            owner = saved;
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @Import({Orders.class, Forgetful.class, Whose.class, Heard.class})
    static class Application {}

    static class Heard {
        final List<StatesDiverged> events = new CopyOnWriteArrayList<>();

        @EventListener
        void on(StatesDiverged event) {
            events.add(event);
        }
    }

    /** "Aa" and "BB" have the same hash, so that the map tells which came last. */
    @RaftTest(classes = Application.class, seed = 5)
    @EnabledIfSystemProperty(named = WITHIN, matches = "true")
    static class OfAnIterationOrder {
        @Test
        void serves(RaftCluster cluster) {
            var orders = cluster.leader().bean(Orders.class);
            orders.place("Aa");
            orders.place("BB");
            for (int i = 0; i < 20; i++) {
                orders.place("BB");
            }
            orders.serve();
        }
    }

    @RaftTest(classes = Application.class)
    @EnabledIfSystemProperty(named = WITHIN, matches = "true")
    static class OfAClock {
        @Test
        void stamps(RaftCluster cluster) {
            var orders = cluster.leader().bean(Orders.class);
            orders.place("a");
            orders.stamp();
        }
    }

    @RaftTest(classes = Application.class, seed = 7)
    @EnabledIfSystemProperty(named = WITHIN, matches = "true")
    static class OfWhatIsNotInTheSnapshot {
        @Test
        void adds(RaftCluster cluster) {
            for (int i = 0; i < 30; i++) {
                cluster.leader().bean(Forgetful.class).add("name" + i);
            }
        }
    }

    @RaftTest(classes = Application.class)
    @EnabledIfSystemProperty(named = WITHIN, matches = "true")
    static class OfWhoseItIs {
        @Test
        void applicationOfEachMemberIsToldOnce(RaftCluster cluster) {
            cluster.leader().bean(Whose.class).take();
            cluster.members().forEach(member -> {
                var heard = member.bean(Heard.class);
                await().atMost(RaftCluster.PATIENCE).until(() -> heard.events.size() == 1);
                var event = heard.events.get(0);
                assertThat(event.nodeId()).isEqualTo(member.id());
                assertThat(event.divergence().machine()).isEqualTo("whose");
                assertThat(event.divergence().what()).isEqualTo(What.STATE);
                assertThat(event.divergence().command()).isEqualTo("take/1");
            });
        }
    }

    @RaftTest(classes = Application.class, properties = "raft.divergence-check=off")
    @EnabledIfSystemProperty(named = WITHIN, matches = "true")
    static class OfAClockUnchecked extends OfAClock {}

    @Test
    void iterationOrderFailsTheTestWithTheCommand() {
        var failures = failures(OfAnIterationOrder.class);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "The members of the cluster have not stayed alike: the results of commands of the state"
                                + " machine 'orders' are not the same on all members after the command 'serve/1' at index ")
                .hasMessageContaining(
                        "at entries that were drawn from the seed 5: @RaftTest(seed = 5L) draws the same ones");
    }

    @Test
    void clockFailsTheTestWithTheCommand() {
        var failures = failures(OfAClock.class);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("'orders' are not the same on all members after the command 'stamp/1' at index ")
                .hasMessageContaining("which is the first after which they differ");
    }

    @Test
    void whatASnapshotDoesNotHoldFailsTheTestWithTheCommand() {
        var failures = failures(OfWhatIsNotInTheSnapshot.class);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .hasMessageContaining("'forgetful' are not the same")
                .hasMessageContaining("'add/1'");
    }

    /** It fails for the states alone, and not for what it looks at itself. */
    @Test
    void applicationsAreToldByAnEvent() {
        var failures = failures(OfWhoseItIs.class);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0))
                .hasMessageStartingWith(
                        "The members of the cluster have not stayed alike: the state of the state machine"
                                + " 'whose' is not the same on all members after the command 'take/1' at index ");
    }

    @Test
    void checkCanBeTurnedOff() {
        assertThat(failures(OfAClockUnchecked.class)).isEmpty();
    }
}
