package io.raftboot.autoconfigure;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.autoconfigure.properties.LoneMember;
import io.raftboot.autoconfigure.properties.PropertyNameCheck;
import io.raftboot.autoconfigure.properties.ServiceVariables;
import io.raftboot.autoconfigure.ssl.PeerSecurity;
import io.raftboot.raft.RaftConfig;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.transport.Transport;
import java.util.SplittableRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** The member and what it is made of. Nothing here opens a file or a port: the life cycle does. */
@Configuration(proxyBeanMethods = false)
class RaftMemberConfiguration {
    @Bean
    static PropertyNameCheck raftPropertyNameCheck(Environment environment) {
        return new PropertyNameCheck(RaftProperties.class, environment);
    }

    @Bean
    static ServiceVariables raftServiceVariables(Environment environment) {
        return new ServiceVariables(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    RaftClusterDetails raftClusterDetails(RaftProperties properties, Environment environment) {
        LoneMember.check(properties.nodeId(), properties.peers(), environment);
        return properties::peers;
    }

    @Bean
    @ConditionalOnMissingBean
    RaftConfig raftConfig(RaftProperties properties, ObjectProvider<RaftConfigCustomizer> customizers) {
        RaftConfig.Builder builder = MemberFactory.timing(properties)
                .raftConfig()
                .id(properties.memberId())
                .preVote(properties.preVote())
                .checkQuorum(properties.checkQuorum())
                .random(new SplittableRandom());
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    PeerSecurity raftPeerSecurity(
            RaftProperties properties, RaftClusterDetails cluster, ObjectProvider<SslBundles> bundles) {
        return PeerSecurity.of(properties, cluster, bundles.getIfAvailable());
    }

    /** Threads, time and random numbers of the member, for who has to have them in his hand. */
    @Bean
    @ConditionalOnMissingBean
    AgentHost raftAgentHost() {
        return ThreadedHost.SYSTEM;
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Transport raftTransport(
            RaftProperties properties,
            RaftClusterDetails cluster,
            RaftPeerDiscovery discovery,
            PeerSecurity security,
            AgentHost host) {
        return MemberFactory.transport(properties, cluster.peers(), discovery, security.transport(), host);
    }

    @Bean
    @ConditionalOnMissingBean
    Disk raftDisk(RaftProperties properties) {
        return properties.storage() == StorageKind.MEMORY ? new MemoryDisk() : new RealDisk();
    }

    @Bean
    @ConditionalOnMissingBean
    DivergencePolicy raftDivergencePolicy(RaftProperties properties) {
        return properties.divergencePolicy();
    }

    /** Lazy, because an application with a replica of its own need not have properties that make one. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    ReplicaConfig raftReplicaConfig(
            RaftProperties properties, RaftClusterDetails cluster, DivergencePolicy divergence) {
        return MemberFactory.replicaConfig(properties, cluster.peers()).toBuilder()
                .divergenceCheck(divergence)
                .build();
    }

    @Bean(destroyMethod = "stop")
    @ConditionalOnMissingBean
    Replica raftReplica(
            ReplicaConfig config,
            RaftConfig raftConfig,
            Transport transport,
            Disk disk,
            RaftStateMachinePostProcessor machines,
            AgentHost host) {
        return new Replica(config, raftConfig, transport, machines::stateMachines, disk, host);
    }
}
