package io.raftboot.test;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.machine.StateMachineDecorator;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;

/** Has arguments, results and states checked that pass in a test: what does not come back as it was fails its call. */
@AutoConfiguration(before = RaftAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = RaftPayloadCheckAutoConfiguration.CHECKED, matchIfMissing = true)
public final class RaftPayloadCheckAutoConfiguration {
    static final String CHECKED = "spring.test.raft.check-payloads";

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CheckingCodecRegistrar raftTestCheckingCodecRegistrar() {
        return new CheckingCodecRegistrar();
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    StateMachineDecorator raftTestCheckedStates() {
        return (name, type, machine) ->
                AnnotatedElementUtils.hasAnnotation(type, RaftStateMachine.class) && machine.hasSnapshots()
                        ? new CheckedState(name, machine)
                        : machine;
    }
}
