package io.raftboot.testing;

import io.raftboot.replica.Replica;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The member of a context: one that applies on the caller's thread, and answers what a test told it to. */
@Configuration(proxyBeanMethods = false)
public class FakedMember {
    @Bean
    FakeReplica fakeReplica(ObjectProvider<RaftStateMachinePostProcessor> machines) {
        return new FakeReplica(() -> machines.getObject().stateMachines());
    }

    @Bean(destroyMethod = "stop")
    Replica replica(FakeReplica fake) {
        return fake.replica();
    }
}
