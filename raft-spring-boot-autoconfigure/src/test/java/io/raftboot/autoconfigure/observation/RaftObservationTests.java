package io.raftboot.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.common.KeyValue;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.observation.DefaultRaftApplyObservationConvention;
import io.raftboot.spring.observation.DefaultRaftCommandObservationConvention;
import io.raftboot.spring.observation.RaftCommandObservationContext;
import io.raftboot.spring.observation.RaftObservation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Calls of a member as the handlers of the application see them. */
class RaftObservationTests {
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final Seen seen = new Seen();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(RaftAutoConfiguration.class, RaftObservationAutoConfiguration.class))
            .withBean(Tally.class)
            .withPropertyValues("raft.storage=memory", "raft.data-dir=unused");

    private final ApplicationContextRunner observed = runner.withBean(ObservationRegistry.class, () -> {
        var registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(seen);
        return registry;
    });

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

    /** As a tracer does, puts a trace into what goes with a command. */
    private static final class Seen implements ObservationHandler<Observation.Context> {
        private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();
        private @Nullable RuntimeException thrown;

        @Override
        public void onStart(Observation.Context context) {
            if (context instanceof RaftCommandObservationContext command) {
                command.getSetter().set(command.getCarrier(), "traceparent", TRACEPARENT);
                command.getSetter().set(command.getCarrier(), "baggage", "secret=1");
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            stopped.add(context);
            if (thrown != null) {
                throw thrown;
            }
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        Observation.Context only(String name) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(stopped)
                    .filteredOn(context -> name.equals(context.getName()))
                    .hasSize(1));
            return stopped.stream()
                    .filter(context -> name.equals(context.getName()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Map<String, String> values(Iterable<KeyValue> values) {
        return StreamSupport.stream(values.spliterator(), false)
                .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    @Test
    void commandAndWhatIsDoneToItAreObserved() {
        observed.run(context -> {
            assertThat(context.getBean(Tally.class).add(3)).isEqualTo(3);
            var command = seen.only("raft.command");
            assertThat(command.getContextualName()).isEqualTo("raft command tally.add");
            assertThat(values(command.getLowCardinalityKeyValues()))
                    .isEqualTo(
                            Map.of("group", "default", "machine", "tally", "operation", "add", "outcome", "applied"));
            assertThat(values(command.getHighCardinalityKeyValues()))
                    .containsEntry("node", "1")
                    .containsKey("index");
            assertThat(command.getError()).isNull();
            for (String step : List.of("append", "apply")) {
                var done = seen.only("raft.traced." + step);
                assertThat(done.getContextualName()).isEqualTo("raft " + step + " tally");
                assertThat(values(done.getLowCardinalityKeyValues()))
                        .isEqualTo(Map.of("group", "default", "machine", "tally"));
                assertThat(values(done.getHighCardinalityKeyValues()))
                        .containsOnlyKeys("node", "term", "index")
                        .containsEntry(
                                "index",
                                values(command.getHighCardinalityKeyValues()).get("index"));
            }
        });
    }

    @Test
    void queryIsObservedWithItsConsistency() {
        observed.run(context -> {
            assertThat(context.getBean(Tally.class).sum()).isZero();
            var query = seen.only("raft.query");
            assertThat(query.getContextualName()).isEqualTo("raft query tally.sum");
            assertThat(values(query.getLowCardinalityKeyValues()))
                    .isEqualTo(Map.of(
                            "group", "default",
                            "machine", "tally",
                            "operation", "sum",
                            "consistency", "linearizable",
                            "outcome", "answered"));
        });
    }

    @Test
    void failureOfTheStateMachineIsTheErrorOfTheObservation() {
        observed.run(context -> {
            assertThatThrownBy(() -> context.getBean(Tally.class).add(-1)).isInstanceOf(IllegalArgumentException.class);
            var command = seen.only("raft.command");
            assertThat(command.getError()).isInstanceOf(IllegalArgumentException.class);
            assertThat(values(command.getLowCardinalityKeyValues())).containsEntry("outcome", "failed");
            assertThat(seen.only("raft.traced.apply").getError()).hasMessage(IllegalArgumentException.class.getName());
        });
    }

    @Test
    void refusedCallIsObservedWithItsReason() {
        observed.run(context -> {
            var unused = context.getBean(RaftTemplate.class)
                    .query("nobody", new byte[0])
                    .get();
            var query = seen.only("raft.query");
            assertThat(values(query.getLowCardinalityKeyValues()))
                    .containsEntry("outcome", "refused")
                    .containsEntry("operation", "none");
            assertThat(values(query.getHighCardinalityKeyValues()).get("detail"))
                    .contains("nobody");
        });
    }

    @Test
    void beanOfTheApplicationNamesThemOtherwise() {
        observed.withBean(
                        DefaultRaftCommandObservationConvention.class,
                        () -> new DefaultRaftCommandObservationConvention() {
                            @Override
                            public String getName() {
                                return "shop.command";
                            }
                        })
                .withBean(
                        DefaultRaftApplyObservationConvention.class, () -> new DefaultRaftApplyObservationConvention() {
                            @Override
                            public String getName() {
                                return "shop.apply";
                            }
                        })
                .run(context -> {
                    assertThat(context.getBean(Tally.class).add(3)).isEqualTo(3);
                    seen.only("shop.command");
                    seen.only("shop.apply");
                    assertThat(seen.stopped)
                            .extracting(Observation.Context::getName)
                            .doesNotContain("raft.command", "raft.traced.apply");
                });
    }

    @Test
    void handlerThatThrowsHarmsNeitherTheCallNorTheMember() {
        seen.thrown = new IllegalStateException("no room for spans");
        observed.run(context -> {
            for (int i = 1; i <= 3; i++) {
                assertThat(context.getBean(Tally.class).add(1)).isEqualTo(i);
            }
            assertThat(context.getBean(Tally.class).sum()).isEqualTo(3);
        });
    }

    @Test
    void withoutARegistryNothingIsObserved() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(CallObserver.class);
            assertThat(context.getBean(Tally.class).add(3)).isEqualTo(3);
        });
        observed.withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CallObserver.class));
        assertThat(seen.stopped).isEmpty();
    }

    /** What is documented is what is there. */
    @Test
    void documentedKeysAreThoseOfTheObservations() {
        observed.run(context -> {
            assertThat(context.getBean(Tally.class).add(3)).isEqualTo(3);
            assertThat(context.getBean(Tally.class).sum()).isEqualTo(3);
            var names = Map.of(
                    RaftObservation.COMMAND, "raft.command",
                    RaftObservation.QUERY, "raft.query",
                    RaftObservation.APPEND, "raft.traced.append",
                    RaftObservation.APPLY, "raft.traced.apply");
            for (var documented : RaftObservation.values()) {
                var observation = seen.only(names.getOrDefault(documented, ""));
                assertThat(values(observation.getLowCardinalityKeyValues()))
                        .containsOnlyKeys(
                                keys(documented.getLowCardinalityKeyNames()).toArray(String[]::new));
                assertThat(keys(documented.getHighCardinalityKeyNames()))
                        .containsAll(values(observation.getHighCardinalityKeyValues())
                                .keySet());
            }
        });
    }

    private static List<String> keys(KeyName[] names) {
        return Arrays.stream(names).map(KeyName::asString).toList();
    }
}
