package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftNodeLifecycle;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.autoconfigure.ssl.PeerSecurity;
import io.raftboot.replica.Replica;
import io.raftboot.transport.Transport;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/** The member's meters, where the application has a registry for them. */
@AutoConfiguration(
        after = RaftAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(value = Replica.class, search = SearchStrategy.CURRENT)
public final class RaftMetricsAutoConfiguration {
    @Bean
    static LazyInitializationExcludeFilter eagerRaftMeters() {
        return LazyInitializationExcludeFilter.forBeanTypes(RaftMeters.class);
    }

    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    RaftMeters raftMeters(Replica replica, Transport transport, RaftProperties properties) {
        return new RaftMeters(
                replica,
                transport,
                RaftProperties.GROUP,
                "raft-meters-" + properties.memberId(),
                RaftNodeLifecycle.PHASE + 1);
    }

    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    TlsMeters raftTlsMeters(ObjectProvider<PeerSecurity> security) {
        var transport = security.stream()
                .map(PeerSecurity::transport)
                .filter(Objects::nonNull)
                .findFirst();
        return new TlsMeters(transport.orElse(null), RaftProperties.GROUP, Clock.systemUTC());
    }
}
