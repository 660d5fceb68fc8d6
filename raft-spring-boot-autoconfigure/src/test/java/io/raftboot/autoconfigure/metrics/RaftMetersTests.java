package io.raftboot.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.replica.Replica;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The meters of a member that runs, in a registry of Spring Boot's. */
class RaftMetersTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class, RaftMetricsAutoConfiguration.class))
            .withBean(Tally.class)
            .withPropertyValues("raft.storage=memory", "raft.data-dir=unused");

    private final ApplicationContextRunner measured = runner.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class));

    @RaftStateMachine(name = "tally")
    static class Tally {
        private int sum;

        @RaftCommand
        int add(int amount) {
            if (amount < 0) {
                throw new IllegalArgumentException("nothing is taken away");
            }
            sum += amount;
            return sum;
        }

        @RaftQuery
        int sum() {
            return sum;
        }

        @RaftSnapshot
        int save() {
            return sum;
        }

        @RaftRestore
        void restore(int saved) {
            sum = saved;
        }
    }

    private static Set<String> names(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("raft."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void onceRegistered(Consumer<AssertableApplicationContext> then) {
        measured.run(context -> {
            var registry = context.getBean(MeterRegistry.class);
            await().atMost(PATIENCE)
                    .until(() -> registry.find("raft.commands").meter() != null
                            && registry.find("raft.member.lag").meter() != null);
            then.accept(context);
        });
    }

    @Test
    void allMetersAreThereBeforeAnythingHappensWithTheGroupAsATag() {
        onceRegistered(context -> {
            var registry = context.getBean(MeterRegistry.class);
            assertThat(names(registry))
                    .hasSizeGreaterThanOrEqualTo(30)
                    .contains(
                            "raft.commands",
                            "raft.queries",
                            "raft.log.force",
                            "raft.leader.changes",
                            "raft.elections",
                            "raft.member.lag",
                            "raft.failure.tolerance",
                            "raft.snapshot.duration",
                            "raft.disk.usable",
                            "raft.commit.latency",
                            "raft.commands.pending",
                            "raft.commands.pending.size",
                            "raft.transport.sent",
                            "raft.transport.sent.size",
                            "raft.transport.received",
                            "raft.transport.received.size",
                            "raft.transport.dropped",
                            "raft.transport.queued",
                            "raft.transport.queued.size",
                            "raft.connections.refused",
                            "raft.messages.refused",
                            "raft.certificate.expiry",
                            "raft.certificate.rejected");
            assertThat(registry.get("raft.transport.dropped")
                            .tags("peer", "1")
                            .functionCounter()
                            .count())
                    .isZero();
            assertThat(registry.get("raft.connections.refused")
                            .tags("reason", "cluster")
                            .functionCounter()
                            .count())
                    .isZero();
            assertThat(registry.getMeters())
                    .filteredOn(meter -> meter.getId().getName().startsWith("raft."))
                    .allSatisfy(meter -> {
                        assertThat(meter.getId().getTag("group")).isEqualTo("default");
                        assertThat(meter.getId().getDescription()).isNotBlank();
                    });
            assertThat(registry.get("raft.queries")
                            .tags("machine", "tally", "consistency", "local", "outcome", "answered")
                            .timer()
                            .count())
                    .isZero();
        });
    }

    @Test
    void commandsAndQueriesAreTimedByTheirOutcome() {
        onceRegistered(context -> {
            var registry = context.getBean(MeterRegistry.class);
            var tally = context.getBean(Tally.class);
            for (int i = 0; i < 3; i++) {
                int unused = tally.add(i);
            }
            assertThatThrownBy(() -> tally.add(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThat(tally.sum()).isEqualTo(3);

            assertThat(command(registry, "applied").count()).isEqualTo(3);
            assertThat(registry.get("raft.commit.latency").timer().count()).isPositive();
            assertThat(command(registry, "failed").count()).isEqualTo(1);
            assertThat(command(registry, "refused").count()).isZero();
            assertThat(registry.get("raft.queries")
                            .tags("machine", "tally", "outcome", "answered")
                            .timers())
                    .extracting(Timer::count)
                    .contains(1L);
            assertThat(registry.get("raft.log.force").timer().count()).isPositive();
            assertThat(registry.get("raft.log.force.batch").summary().totalAmount())
                    .isGreaterThanOrEqualTo(4);
            assertThat(registry.get("raft.apply.batch").summary().totalAmount()).isGreaterThanOrEqualTo(4);
        });
    }

    private static Timer command(MeterRegistry registry, String outcome) {
        return registry.get("raft.commands")
                .tags("machine", "tally", "outcome", outcome)
                .timer();
    }

    @Test
    void memberIsShownAsItIs() {
        onceRegistered(context -> {
            var registry = context.getBean(MeterRegistry.class);
            int unused = context.getBean(Tally.class).add(1);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(gauge(registry, "raft.up")).isEqualTo(1);
                assertThat(gauge(registry, "raft.serving")).isEqualTo(1);
                assertThat(gauge(registry, "raft.leader")).isEqualTo(1);
                assertThat(gauge(registry, "raft.term")).isPositive();
                assertThat(gauge(registry, "raft.voters")).isEqualTo(1);
                assertThat(gauge(registry, "raft.applied.index")).isPositive();
                assertThat(gauge(registry, "raft.failure.tolerance")).isZero();
                assertThat(gauge(registry, "raft.member.lag")).isZero();
            });
            assertThat(registry.get("raft.elections").counter().count()).isPositive();
            assertThat(registry.get("raft.leader.changes").counter().count()).isEqualTo(1);
            assertThat(context.getBean(Replica.class).takeSnapshot().join()).isInstanceOf(SnapshotOutcome.Taken.class);
            assertThat(registry.get("raft.snapshot.duration").timer().count()).isEqualTo(1);
        });
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void nameThatSomebodyMakesUpLeavesNoMeterBehind() {
        onceRegistered(context -> {
            var registry = context.getBean(MeterRegistry.class);
            int before = registry.getMeters().size();
            for (int i = 0; i < 10; i++) {
                assertThat(context.getBean(Replica.class)
                                .submit("made-up-" + i, new byte[0], null)
                                .join())
                        .isNotNull();
            }
            assertThat(registry.getMeters()).hasSize(before);
            assertThat(registry.get("raft.calls.refused").counters().stream()
                            .mapToDouble(counter -> counter.count())
                            .sum())
                    .isEqualTo(10);
        });
    }

    @Test
    void registryIsNotNeeded() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RaftMeters.class));
        runner.withClassLoader(new FilteredClassLoader(Meter.class.getPackageName()))
                .run(context -> assertThat(context).hasNotFailed());
    }
}
