package io.raftboot.autoconfigure.jdbc;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.autoconfigure.jdbc.database.H2Adapter;
import io.raftboot.autoconfigure.jdbc.database.PostgresAdapter;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.machine.StateMachineDecorator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.ResourceLoader;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;

/** State machines that are in a {@code DataSource}, see {@link RaftDataSource}. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
public final class RaftJdbcAutoConfiguration {
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JdbcTransactionManager.class)
    static class WithJdbc {
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static DataSourceGuards raftDataSourceGuards() {
            return new DataSourceGuards();
        }

        @Bean
        StateMachineDecorator raftJdbcStateMachines(
                ListableBeanFactory beans,
                ResourceLoader resources,
                ObjectProvider<DatabaseAdapter> adapters,
                RaftProperties properties,
                DataSourceGuards guards) {
            List<DatabaseAdapter> known = Stream.concat(
                            adapters.orderedStream(), Stream.of(new H2Adapter(), new PostgresAdapter()))
                    .toList();
            return new JdbcStateMachines(beans, resources, known, properties, guards);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(BeanFactoryTransactionAttributeSourceAdvisor.class)
    static class WithTransactions {
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static CallerTransactions raftCallerTransactions() {
            return new CallerTransactions();
        }

        @Bean
        StateMachineDecorator raftTransactionalStateMachines() {
            return new TransactionalStateMachines();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.jdbc.support.JdbcTransactionManager")
    static class WithoutJdbc {
        @Bean
        StateMachineDecorator raftJdbcStateMachines() {
            return (name, type, machine) -> {
                if (AnnotatedElementUtils.hasAnnotation(type, RaftDataSource.class)) {
                    throw new InvalidStateMachineException(
                            "The state machine " + type.getName() + " is in a DataSource, but there is no JDBC.",
                            "Add the dependency org.springframework.boot:spring-boot-starter-jdbc.");
                }
                return machine;
            };
        }
    }
}
