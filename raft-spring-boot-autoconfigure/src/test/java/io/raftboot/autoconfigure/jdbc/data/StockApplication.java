package io.raftboot.autoconfigure.jdbc.data;

import io.raftboot.replica.Replica;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** As an application with {@code spring-boot-starter-data-jdbc} has it, before a member that applies what the test says. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class})
@Import(Stock.class)
class StockApplication {
    @Bean
    FakeReplica fakeReplica(RaftStateMachinePostProcessor machines) {
        return new FakeReplica(machines::stateMachines);
    }

    @Bean(destroyMethod = "stop")
    Replica replica(FakeReplica fake) {
        return fake.replica();
    }
}
