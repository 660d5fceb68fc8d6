package io.raftboot.test;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.DivergencePolicy;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** The member of a test's cluster that is restored now and then. */
@AutoConfiguration(before = RaftAutoConfiguration.class)
@ConditionalOnProperty(Alikeness.RESTORE_SEED)
public final class RaftDivergenceCheckAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    DivergencePolicy raftDivergencePolicy(
            RaftProperties properties, @Value("${" + Alikeness.RESTORE_SEED + "}") long seed) {
        return properties.divergencePolicy().restoringBy(seed);
    }
}
