package io.raftboot.autoconfigure;

import io.raftboot.api.StateMachine;
import io.raftboot.replica.Replica;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.call.CallObserver;
import io.raftboot.spring.context.MemberContext;
import io.raftboot.spring.leader.LeaderOnlyPostProcessor;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** State machines, and what calls them. */
@Configuration(proxyBeanMethods = false)
class RaftStateMachineConfiguration {
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RaftStateMachinePostProcessor raftStateMachinePostProcessor() {
        return new RaftStateMachinePostProcessor();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LeaderOnlyPostProcessor leaderOnlyPostProcessor(ObjectProvider<Replica> replica) {
        return new LeaderOnlyPostProcessor(replica::getObject);
    }

    @Bean
    @Lazy(false)
    static MemberContext raftMemberContext(ApplicationContext context) {
        return new MemberContext(context);
    }

    @Bean
    static LazyInitializationExcludeFilter eagerRaftStateMachines() {
        return (beanName, definition, type) -> StateMachine.class.isAssignableFrom(type)
                || AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class);
    }

    @Bean
    @ConditionalOnMissingBean
    RaftCodec raftCodec() {
        return new JsonRaftCodec();
    }

    /** Gives way to other operations where those are asked for, such as a bean of the application that tries again. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean
    RaftTemplate raftTemplate(Replica replica, RaftCodec codec, ObjectProvider<CallObserver> observer) {
        return new RaftTemplate(replica, codec, observer.getIfAvailable(() -> CallObserver.NONE));
    }
}
