package io.raftboot.test;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftClusterDetails;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.Peer;
import io.raftboot.transport.Transport;
import io.raftboot.transport.memory.MemoryNetwork;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The one member of a test's context: it has no peers and opens no port. */
@AutoConfiguration(before = RaftAutoConfiguration.class)
@ConditionalOnBooleanProperty(LoneMemberCustomizer.REPLACED)
public final class RaftTestAutoConfiguration {
    private static final int PORT = 7400;

    @Bean
    @ConditionalOnMissingBean
    RaftClusterDetails raftClusterDetails(RaftProperties properties) {
        Long nodeId = properties.nodeId();
        return () -> nodeId == null ? List.of() : List.of(new Peer(nodeId, "localhost", PORT));
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    MemoryNetwork raftTestNetwork() {
        return new MemoryNetwork(System.nanoTime());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Transport raftTransport(MemoryNetwork network, RaftProperties properties) {
        return network.join(properties.memberId());
    }
}
