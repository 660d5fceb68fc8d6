package io.raftboot.test;

import io.raftboot.replica.config.StorageKind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Makes the member of a test's context a cluster of one that leaves nothing behind. Its properties go before those of the
 * application, the process and its environment, and after those of the test. A value, because contexts are cached by it.
 */
record LoneMemberCustomizer(StorageKind storage) implements ContextCustomizer {
    /** Whether {@link RaftTestAutoConfiguration} replaces network and peers. */
    static final String REPLACED = "spring.test.raft.replaced";

    private static final String SOURCE = "raftTest";

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
        TemporaryDirectory directory = TemporaryDirectory.create();
        directory.deleteAtEndOf(context);
        Map<String, Object> properties = new LinkedHashMap<>(TestIntervals.PROPERTIES);
        properties.put(REPLACED, true);
        properties.put("raft.join", false);
        properties.put("raft.storage", storage.name().toLowerCase(Locale.ROOT));
        properties.put("raft.data-dir", directory.path().toString());
        var source = new MapPropertySource(SOURCE, properties);
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        if (sources.contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
            sources.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, source);
        } else {
            sources.addFirst(source);
        }
    }
}
