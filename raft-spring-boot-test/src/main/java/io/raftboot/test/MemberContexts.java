package io.raftboot.test;

import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.boot.test.context.ReactiveWebMergedContextConfiguration;
import org.springframework.boot.test.context.SpringBootContextLoader;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextLoadException;
import org.springframework.test.context.ContextLoader;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.SmartContextLoader;
import org.springframework.test.context.web.WebMergedContextConfiguration;

/** Makes contexts of members from all that a test says of its context. */
record MemberContexts(MergedContextConfiguration merged, WebEnvironment web) {
    /**
     * A context that the customizer has the last word on.
     *
     * @throws IllegalStateException if it can't be made
     */
    ConfigurableApplicationContext load(ContextCustomizer member) {
        try {
            return (ConfigurableApplicationContext) loader().loadContext(with(member));
        } catch (ContextLoadException e) {
            throw new IllegalStateException(member + " can't be started", e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(member + " can't be started", e);
        }
    }

    private SmartContextLoader loader() {
        ContextLoader loader = merged.getContextLoader();
        if (loader instanceof SpringBootContextLoader) {
            return new MemberContextLoader(web);
        }
        if (loader instanceof SmartContextLoader own) {
            return own;
        }
        throw new IllegalStateException(
                "the context loader of " + merged.getTestClass().getName()
                        + " is no SmartContextLoader; leave @ContextConfiguration(loader = ...) out");
    }

    private MergedContextConfiguration with(ContextCustomizer member) {
        Set<ContextCustomizer> customizers = new LinkedHashSet<>(merged.getContextCustomizers());
        customizers.add(member);
        var own = new MergedContextConfiguration(
                merged.getTestClass(),
                merged.getLocations(),
                merged.getClasses(),
                merged.getContextInitializerClasses(),
                merged.getActiveProfiles(),
                merged.getPropertySourceDescriptors(),
                merged.getPropertySourceProperties(),
                customizers,
                merged.getContextLoader(),
                null,
                null);
        if (merged instanceof WebMergedContextConfiguration servlet) {
            return new WebMergedContextConfiguration(own, servlet.getResourceBasePath());
        }
        return merged instanceof ReactiveWebMergedContextConfiguration
                ? new ReactiveWebMergedContextConfiguration(own)
                : own;
    }
}
