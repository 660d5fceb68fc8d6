package io.raftboot.autoconfigure.actuate;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.ssl.PeerSecurity;
import io.raftboot.replica.Replica;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** The member's health, and its part in readiness. */
@AutoConfiguration(
        after = RaftAutoConfiguration.class,
        afterName =
                "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnEnabledHealthIndicator("raft")
public final class RaftHealthContributorAutoConfiguration {
    /** Name of the contributor: of its bean, without the suffix. */
    static final String CONTRIBUTOR = "raft";

    @Bean
    @ConditionalOnMissingBean(name = {"raftHealthIndicator", "raftHealthContributor"})
    RaftHealthIndicator raftHealthIndicator(
            Replica replica, ObjectProvider<DriftWatch> drift, ObjectProvider<PeerSecurity> security) {
        var present = security.getIfAvailable();
        return new RaftHealthIndicator(replica, drift.getIfAvailable(), present == null ? null : present.transport());
    }

    @Bean
    RaftReadinessPostProcessor raftReadinessPostProcessor() {
        return new RaftReadinessPostProcessor();
    }
}
