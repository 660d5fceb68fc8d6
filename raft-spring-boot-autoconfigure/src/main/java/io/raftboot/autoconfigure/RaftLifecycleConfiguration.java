package io.raftboot.autoconfigure;

import io.raftboot.replica.Replica;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The member's life beside the application's. */
@Configuration(proxyBeanMethods = false)
class RaftLifecycleConfiguration {
    @Bean
    static LazyInitializationExcludeFilter eagerRaftLifecycles() {
        return LazyInitializationExcludeFilter.forBeanTypes(RaftNodeLifecycle.class, RaftLeadershipLifecycle.class);
    }

    @Bean
    RaftNodeLifecycle raftNodeLifecycle(Replica replica, RaftProperties properties) {
        return new RaftNodeLifecycle(replica, properties);
    }

    @Bean
    RaftLeadershipLifecycle raftLeadershipLifecycle(Replica replica, RaftProperties properties) {
        return new RaftLeadershipLifecycle(replica, properties.electionTimeout());
    }
}
