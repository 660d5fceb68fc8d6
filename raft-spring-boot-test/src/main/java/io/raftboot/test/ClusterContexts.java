package io.raftboot.test;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.CacheAwareContextLoaderDelegate;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Takes the place of Spring's cache of contexts, which would keep members beyond the end of their cluster: the context of a
 * test is that of a member of the cluster in the current {@link ClusterScope}.
 */
final class ClusterContexts implements CacheAwareContextLoaderDelegate {
    @Override
    public boolean isContextLoaded(MergedContextConfiguration merged) {
        ClusterScope scope = ClusterScope.current();
        return scope != null && scope.isRunning(merged);
    }

    @Override
    public ApplicationContext loadContext(MergedContextConfiguration merged) {
        ClusterScope scope = ClusterScope.current();
        if (scope == null) {
            throw new IllegalStateException("a cluster, and the beans of its members, are there for an instance of "
                    + merged.getTestClass().getName() + ", not for static methods that run before or after all tests;"
                    + " write @TestInstance(TestInstance.Lifecycle.PER_CLASS), and make these methods non-static");
        }
        return scope.cluster(merged).context();
    }

    @Override
    public void closeContext(MergedContextConfiguration merged, DirtiesContext.@Nullable HierarchyMode mode) {
        ClusterScope scope = ClusterScope.current();
        if (scope != null) {
            scope.end(merged);
        }
    }
}
