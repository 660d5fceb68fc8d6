package io.raftboot.test;

import io.raftboot.replica.config.StorageKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Keeps tests away from the application's data directory, ports and peers, unless they want them. */
final class LoneMemberCustomizerFactory implements ContextCustomizerFactory {
    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        if (TestContextAnnotationUtils.hasAnnotation(testClass, RaftTest.class)) {
            return null;
        }
        AutoConfigureTestRaft wanted =
                TestContextAnnotationUtils.findMergedAnnotation(testClass, AutoConfigureTestRaft.class);
        if (wanted == null) {
            return new LoneMemberCustomizer(StorageKind.MEMORY);
        }
        return wanted.replace() == AutoConfigureTestRaft.Replace.NONE
                ? null
                : new LoneMemberCustomizer(wanted.storage());
    }
}
