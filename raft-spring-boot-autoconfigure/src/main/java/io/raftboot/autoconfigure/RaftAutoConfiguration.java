package io.raftboot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * One member of a raft group in this application; with no property at all a durable cluster of one in
 * {@code ./data/raft}. Each of its beans steps back for one of the application's.
 */
@AutoConfiguration
@EnableConfigurationProperties(RaftProperties.class)
@Import({
    RaftDiscoveryConfiguration.class,
    RaftMemberConfiguration.class,
    RaftStateMachineConfiguration.class,
    RaftLifecycleConfiguration.class
})
public final class RaftAutoConfiguration {}
