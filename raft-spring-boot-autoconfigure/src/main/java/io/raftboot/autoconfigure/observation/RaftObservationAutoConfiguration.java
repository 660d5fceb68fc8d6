package io.raftboot.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.Replica;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.observation.RaftAppendObservationConvention;
import io.raftboot.spring.observation.RaftApplyObservationConvention;
import io.raftboot.spring.observation.RaftCommandObservationConvention;
import io.raftboot.spring.observation.RaftQueryObservationConvention;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Calls of the member as observations, where the application has a registry for them. */
@AutoConfiguration(
        after = RaftAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(value = Replica.class, search = SearchStrategy.CURRENT)
public final class RaftObservationAutoConfiguration {
    @Bean
    @ConditionalOnBean(ObservationRegistry.class)
    @ConditionalOnMissingBean
    CallObserver raftCallObserver(
            ObservationRegistry registry,
            RaftProperties properties,
            ObjectProvider<RaftCommandObservationConvention> command,
            ObjectProvider<RaftQueryObservationConvention> query) {
        return new ObservedCalls(
                registry,
                new ObservedCalls.Conventions(command.getIfAvailable(), query.getIfAvailable()),
                member(properties));
    }

    /** Before the member starts, which comes when all beans are there. */
    @Bean
    @Lazy(false)
    @ConditionalOnBean(ObservationRegistry.class)
    SmartInitializingSingleton raftCommandTracing(
            Replica replica,
            ObservationRegistry registry,
            RaftProperties properties,
            ObjectProvider<RaftAppendObservationConvention> append,
            ObjectProvider<RaftApplyObservationConvention> apply) {
        return () -> replica.traceBy(new ObservedEntries(
                registry,
                new ObservedEntries.Conventions(append.getIfAvailable(), apply.getIfAvailable()),
                member(properties)));
    }

    private static ObservedMember member(RaftProperties properties) {
        return new ObservedMember(RaftProperties.GROUP, properties.memberId());
    }
}
