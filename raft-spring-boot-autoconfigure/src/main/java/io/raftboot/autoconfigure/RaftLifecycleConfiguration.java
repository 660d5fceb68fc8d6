package io.raftboot.autoconfigure;

import io.raftboot.api.ReplicaListener;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.autoconfigure.ssl.PeerSecurity;
import io.raftboot.replica.Replica;
import io.raftboot.spring.leader.LeadershipEvents;
import io.raftboot.spring.leader.LeadershipMulticaster;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The member's life beside that of its own context: a child must neither start nor stop its parent's member. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(value = Replica.class, search = SearchStrategy.CURRENT)
class RaftLifecycleConfiguration {
    @Bean
    static LazyInitializationExcludeFilter eagerRaftLifecycles() {
        return LazyInitializationExcludeFilter.forBeanTypes(
                RaftNodeLifecycle.class, RaftLeadershipLifecycle.class, DriftWatch.class);
    }

    @Bean
    static BeanFactoryPostProcessor raftLeadershipMulticaster() {
        return LeadershipMulticaster.whereThereIsNone();
    }

    @Bean
    LeadershipEvents raftLeadershipEvents(RaftProperties properties, ApplicationEventPublisher publisher) {
        return new LeadershipEvents(MemberFactory.GROUP, properties.memberId(), publisher);
    }

    @Bean
    RaftFailureListener raftFailureListener(RaftProperties properties, ApplicationContext context) {
        return new RaftFailureListener(context, properties.onFailure());
    }

    @Bean
    RaftNodeLifecycle raftNodeLifecycle(
            Replica replica,
            RaftProperties properties,
            ObjectProvider<PeerSecurity> security,
            ObjectProvider<ReplicaListener> listeners) {
        boolean provesWhoItIs = security.stream().anyMatch(PeerSecurity::isRequired);
        return new RaftNodeLifecycle(replica, properties, provesWhoItIs, listeners.orderedStream());
    }

    @Bean
    RaftLeadershipLifecycle raftLeadershipLifecycle(Replica replica, RaftProperties properties) {
        return new RaftLeadershipLifecycle(replica, properties.electionTimeout());
    }

    @Bean
    DriftWatch raftDriftWatch(Replica replica, RaftProperties properties, RaftClusterDetails cluster) {
        return new DriftWatch(
                new DriftWatch.Configured(
                        properties.memberId(), replica.config().group(), properties.join(), cluster.peers()),
                replica::membership,
                RaftNodeLifecycle.PHASE + 1);
    }
}
