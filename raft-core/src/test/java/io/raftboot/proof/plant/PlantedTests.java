package io.raftboot.proof.plant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.DiscoveryFilter;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.OutputDirectoryCreator;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.engine.support.store.NamespacedHierarchicalStore;

/** Looks for a mistake by running the tests that its plant names, in a class loader that has it, until one fails. */
final class PlantedTests {
    private static final String ROOT = "io.raftboot.";

    /** What a mistake has wait for ever fails by then. */
    private static final Map<String, String> PARAMETERS =
            Map.of("junit.jupiter.execution.timeout.testable.method.default", "2 m");

    private PlantedTests() {}

    /** What failed first, as class, test and reason; null if nothing did. */
    static @Nullable String failure(Plant plant) {
        var loader = new PlantedLoader(plant);
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            for (var name : plant.tests()) {
                var failed = failure(loader.loadClass(ROOT + name));
                if (failed != null) {
                    return failed;
                }
            }
            return null;
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(plant.name() + " names a test that there is not", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static @Nullable String failure(Class<?> test) {
        var engine = new JupiterTestEngine();
        var request = new Request(test);
        var root = engine.discover(request, UniqueId.forEngine(engine.getId()));
        var first = new AtomicReference<@Nullable String>();
        var token = CancellationToken.create();
        var listener = new EngineExecutionListener() {
            @Override
            public void executionFinished(TestDescriptor descriptor, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                    var reason = result.getThrowable().map(Throwable::toString).orElse("");
                    first.compareAndSet(
                            null, test.getSimpleName() + ": " + descriptor.getDisplayName() + " fails: " + reason);
                    token.cancel();
                }
            }
        };
        try (var session = new NamespacedHierarchicalStore<Namespace>(null);
                var store = session.newChild()) {
            engine.execute(ExecutionRequest.create(
                    root,
                    listener,
                    request.getConfigurationParameters(),
                    request.getOutputDirectoryCreator(),
                    store,
                    token));
        }
        return first.get();
    }

    /** All tests of a class. */
    private record Request(Class<?> test) implements EngineDiscoveryRequest {
        @Override
        public <T extends DiscoverySelector> List<T> getSelectorsByType(Class<T> type) {
            var selector = DiscoverySelectors.selectClass(test);
            return type.isInstance(selector) ? List.of(type.cast(selector)) : List.of();
        }

        @Override
        public <T extends DiscoveryFilter<?>> List<T> getFiltersByType(Class<T> type) {
            return List.of();
        }

        @Override
        public ConfigurationParameters getConfigurationParameters() {
            return new ConfigurationParameters() {
                @Override
                public Optional<String> get(String key) {
                    return Optional.ofNullable(PARAMETERS.get(key));
                }

                @Override
                public Optional<Boolean> getBoolean(String key) {
                    return get(key).map(Boolean::valueOf);
                }

                @Override
                public Set<String> keySet() {
                    return PARAMETERS.keySet();
                }
            };
        }

        @Override
        public OutputDirectoryCreator getOutputDirectoryCreator() {
            return new OutputDirectoryCreator() {
                @Override
                public Path getRootDirectory() {
                    return Path.of("target");
                }

                @Override
                public Path createOutputDirectory(TestDescriptor descriptor) throws IOException {
                    return Files.createTempDirectory("planted");
                }
            };
        }
    }
}
