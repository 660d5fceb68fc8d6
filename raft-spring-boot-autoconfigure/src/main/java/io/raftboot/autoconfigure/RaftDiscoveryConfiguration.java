package io.raftboot.autoconfigure;

import io.raftboot.autoconfigure.discovery.ChosenDiscovery;
import io.raftboot.autoconfigure.discovery.DiscoveryProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Where the other members are looked for, beside where they are configured. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DiscoveryProperties.class)
class RaftDiscoveryConfiguration {
    @Bean
    @ConditionalOnMissingBean
    RaftPeerDiscovery raftPeerDiscovery(DiscoveryProperties properties, Environment environment) {
        return ChosenDiscovery.of(properties, environment);
    }
}
