package io.raftboot.test;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * The clusters of one instance of a test: mostly one, more if {@code @Nested} tests want other contexts than the test around
 * them. Spring's test framework asks for a context without saying which instance it is for, so each thread knows the scope
 * that it works for. Used on the threads of the tests.
 */
final class ClusterScope implements AutoCloseable {
    private static final ThreadLocal<@Nullable ClusterScope> CURRENT = new ThreadLocal<>();

    private record Running(RaftCluster cluster, TemporaryDirectory directory) {
        void close() {
            try {
                cluster.close();
            } finally {
                directory.destroy();
            }
        }
    }

    private final Map<MergedContextConfiguration, Running> clusters = new ConcurrentHashMap<>();
    private volatile boolean closed;

    static void enter(@Nullable ClusterScope scope) {
        if (scope == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(scope);
        }
    }

    /** The scope of this thread; null outside of a test's instance: in static methods that run before or after all tests. */
    static @Nullable ClusterScope current() {
        ClusterScope scope = CURRENT.get();
        return scope == null || scope.closed ? null : scope;
    }

    boolean isRunning(MergedContextConfiguration merged) {
        return clusters.containsKey(merged);
    }

    /** The cluster of these contexts, started if there is none. */
    RaftCluster cluster(MergedContextConfiguration merged) {
        return clusters.computeIfAbsent(merged, ClusterScope::start).cluster();
    }

    private static Running start(MergedContextConfiguration merged) {
        RaftTest test = RaftTestRules.annotation(merged.getTestClass());
        TemporaryDirectory directory = TemporaryDirectory.create();
        var running = new Running(
                new RaftCluster(
                        test.nodes(), test.seed(), new MemberContexts(merged, test.webEnvironment()), directory.path()),
                directory);
        try {
            running.cluster().start();
            return running;
        } catch (RuntimeException | Error e) {
            directory.destroy();
            throw e;
        }
    }

    /** Fails if the members of a cluster have not stayed alike. */
    void checkAlike() {
        clusters.values().forEach(running -> running.cluster().checkAlike());
    }

    void end(MergedContextConfiguration merged) {
        Running ended = clusters.remove(merged);
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (MergedContextConfiguration merged : clusters.keySet()) {
            end(merged);
        }
    }
}
