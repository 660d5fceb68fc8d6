package io.raftboot.autoconfigure.actuate;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.ssl.PeerSecurity;
import io.raftboot.replica.Replica;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The {@code raft} endpoint, where the application exposes it. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnAvailableEndpoint(RaftEndpoint.class)
public final class RaftEndpointAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    RaftEndpoint raftEndpoint(
            Replica replica, ObjectProvider<DriftWatch> drift, ObjectProvider<PeerSecurity> security) {
        var present = security.getIfAvailable();
        return new RaftEndpoint(replica, drift.getIfAvailable(), present == null ? null : present.transport());
    }

    @Bean
    @ConditionalOnMissingBean
    RaftEndpointWebExtension raftEndpointWebExtension(RaftEndpoint endpoint) {
        return new RaftEndpointWebExtension(endpoint);
    }
}
