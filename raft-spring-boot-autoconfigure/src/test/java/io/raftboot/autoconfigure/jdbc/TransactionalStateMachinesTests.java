package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.DurableStateMachine;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakedMember;
import io.raftboot.transport.Transport;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class TransactionalStateMachinesTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class, RaftJdbcAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(FakedMember.class, Transactions.class);

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Transactions {
        @Bean
        DataSource dataSource() {
            return Words.database();
        }

        @Bean
        CallersTransactions transactionManager(DataSource dataSource) {
            return new CallersTransactions(dataSource);
        }
    }

    /** Counts what is begun outside of the command. */
    static class CallersTransactions extends JdbcTransactionManager {
        private static final long serialVersionUID = 1L;
        boolean applying;
        int begunByCallers;

        CallersTransactions(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            if (!applying) {
                begunByCallers++;
            }
            super.doBegin(transaction, definition);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OnACommand.class, OnAQuery.class, OnTheClass.class, OfJakarta.class})
    void transactionAroundACallOfTheGroupFailsTheStart(Class<?> machine) {
        runner.withUserConfiguration(machine).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining(machine.getName())
                .hasMessageContaining("has @Transactional at count()")
                .hasMessageContaining("while the group agrees"));
    }

    @Test
    void annotationThatBeginsNothingIsLeft() {
        runner.withUserConfiguration(OutsideOfAny.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(classes = {NotSupported.class, NoRollback.class})
    void annotationThatContradictsTheDatabaseFailsTheStart(Class<?> machine) {
        runner.withUserConfiguration(machine).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining(machine.getName())
                .hasMessageContaining("has @Transactional at write()"));
    }

    @Test
    void annotationInADatabaseIsTakenIntoTheCommandsOwnTransaction() {
        runner.withUserConfiguration(InDatabase.class).run(context -> {
            var machine =
                    (DurableStateMachine) Objects.requireNonNull(context.getBean(RaftStateMachinePostProcessor.class)
                            .stateMachines()
                            .get("inDatabase"));
            machine.position();
            var transactions = context.getBean(CallersTransactions.class);
            var replica = context.getBean(FakeReplica.class);
            var bean = context.getBean(InDatabase.class);
            replica.neverAnswers = true;
            Thread caller = new Thread(() -> bean.write("a"));
            caller.start();
            Awaitility.await().until(() -> replica.lastCommand != null);
            assertThat(transactions.begunByCallers).isZero();
            caller.interrupt();
            caller.join();
            replica.neverAnswers = false;
            transactions.applying = true;
            assertThat(machine.transact(() -> {
                        boolean active = bean.write("b");
                        machine.record(1, Map.of());
                        return active;
                    }))
                    .isTrue();
            assertThat(bean.count()).isOne();
        });
    }

    @RaftStateMachine
    static class OnACommand {
        @RaftCommand
        @Transactional
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class OnAQuery {
        @RaftQuery
        @Transactional(readOnly = true)
        public int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @Transactional
    static class OnTheClass {
        @RaftCommand
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class OfJakarta {
        @RaftCommand
        @jakarta.transaction.Transactional
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class OutsideOfAny {
        @RaftCommand
        @Transactional(propagation = Propagation.NEVER)
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @RaftDataSource
    static class NotSupported {
        @RaftCommand
        @Transactional(propagation = Propagation.NOT_SUPPORTED)
        void write() {}
    }

    @RaftStateMachine
    @RaftDataSource
    static class NoRollback {
        @RaftCommand
        @Transactional(noRollbackFor = IllegalStateException.class)
        void write() {}
    }

    @RaftStateMachine
    @RaftDataSource(schema = "classpath:words.sql")
    @Transactional
    static class InDatabase {
        private final JdbcClient jdbc;

        InDatabase(DataSource dataSource) {
            jdbc = JdbcClient.create(dataSource);
        }

        @RaftCommand
        boolean write(String text) {
            jdbc.sql("INSERT INTO word (text) VALUES (?)").param(text).update();
            return TransactionSynchronizationManager.isActualTransactionActive();
        }

        @RaftQuery
        int count() {
            return jdbc.sql("SELECT COUNT(*) FROM word").query(Integer.class).single();
        }
    }
}
