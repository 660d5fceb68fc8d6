package io.raftboot.test;

import io.raftboot.storage.disk.Disk;
import io.raftboot.transport.Transport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Makes a context one member of a cluster. Who it is goes before all other properties; the short intervals go before those
 * of the application and the process, and after those of the test.
 */
record MemberCustomizer(
        long id,
        Map<String, Object> identity,
        Disk disk,
        Supplier<Transport> transport,
        RaftCluster cluster,
        SharedMocks mocks,
        Alikeness alikeness)
        implements ContextCustomizer {
    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        Map<String, Object> defaults = new LinkedHashMap<>(TestIntervals.PROPERTIES);
        defaults.put("raft.divergence-check", "1");
        var intervals = new MapPropertySource("raftTestIntervals", defaults);
        if (sources.contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
            sources.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, intervals);
        } else {
            sources.addFirst(intervals);
        }
        sources.addFirst(new MapPropertySource("raftTestMember", identity));
        var beans = context.getBeanFactory();
        beans.registerSingleton("raftTransport", transport.get());
        beans.registerSingleton("raftDisk", disk);
        beans.registerSingleton("raftTestCluster", cluster);
        beans.registerSingleton("raftTestAlikeness", alikeness);
        mocks.shareWith(context);
    }

    @Override
    public String toString() {
        return "member " + id;
    }
}
