package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.zaxxer.hikari.HikariDataSource;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Primary;
import org.springframework.data.transaction.ChainedTransactionManager;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Which beans get a guard, and which transaction manager takes part. */
@ExtendWith(OutputCaptureExtension.class)
class DataSourceGuardTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class, RaftJdbcAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(FakedMember.class, Diary.class);

    private static String url() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    private static DriverManagerDataSource database() {
        return new DriverManagerDataSource(url(), "sa", "");
    }

    @Test
    void beanIsStillOfItsClassAndAConnectionOfACommandIsPartOfIt() {
        runner.withBean(HikariDataSource.class, DataSourceGuardTests::pool).run(context -> {
            assertThat(context.getBean(HikariDataSource.class).getMaximumPoolSize())
                    .isOne();
            checkCommands(context);
        });
    }

    private static HikariDataSource pool() {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(url());
        pool.setUsername("sa");
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(1000);
        return pool;
    }

    @Test
    void finalClassThatNobodyAsksForIsGuardedByItsInterface() {
        runner.withBean("pool", DataSource.class, () -> JdbcConnectionPool.create(url(), "sa", ""))
                .run(DataSourceGuardTests::checkCommands);
    }

    static final class FinalDataSource extends DelegatingDataSource {
        FinalDataSource() {
            super(database());
        }
    }

    @Test
    void finalClassIsLeftAsItIsAndTheLogSaysWhatThatMeans(CapturedOutput output) {
        runner.withBean(FinalDataSource.class).run(context -> {
            assertThat(context.getBean(FinalDataSource.class)).isNotNull();
            opened(context);
            assertThat(output).contains(FinalDataSource.class.getName()).contains("Remove 'final' from the class");
            assertThat(applied(context, () -> diary(context).write("a"))).isOne();
            failed(context, () -> diary(context).writeAndFail("b"));
            assertThat(diary(context).count()).isOne();
        });
    }

    /** A manager as JPA's: it tells the DataSource besides, and takes connections from elsewhere. */
    static class BroaderManager extends JdbcTransactionManager implements ResourceTransactionManager {
        private static final long serialVersionUID = 1L;

        BroaderManager(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        public Object getResourceFactory() {
            return "entity manager factory";
        }
    }

    @Test
    void finalClassWithAManagerThatNeedsMoreFailsTheStart() {
        runner.withBean(FinalDataSource.class)
                .withBean(BroaderManager.class)
                .run(context -> assertThatIllegalStateException()
                        .isThrownBy(() -> machine(context).position())
                        .withMessageContaining("BroaderManager can't take part")
                        .withMessageContaining("declare the bean as a DataSource"));
    }

    @Test
    void proxyBehindWhichTransactionsBeginElsewhereFailsTheStart() {
        runner.withBean(DataSource.class, () -> new TransactionAwareDataSourceProxy(database()))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidStateMachineException.class)
                        .hasMessageContaining("TransactionAwareDataSourceProxy"));
    }

    @Test
    void dataSourceThatNoMachineNamesIsLeftAlone() {
        runner.withBean("dataSource", DataSource.class, DataSourceGuardTests::database)
                .withBean("other", DataSource.class, DataSourceGuardTests::database, other -> other.setFallback(true))
                .run(context -> {
                    checkCommands(context);
                    assertThat(context.getBean("other", DataSource.class).getConnection())
                            .isInstanceOf(org.h2.jdbc.JdbcConnection.class);
                });
    }

    /** Counts what it begins. */
    static class Counting extends JdbcTransactionManager {
        private static final long serialVersionUID = 1L;
        int begun;

        Counting(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            begun++;
            super.doBegin(transaction, definition);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {
        @Bean
        DataSource dataSource() {
            return database();
        }

        @Bean
        @Primary
        Counting usual(DataSource dataSource) {
            return new Counting(dataSource);
        }

        @Bean
        Counting other(DataSource dataSource) {
            return new Counting(dataSource);
        }
    }

    @Test
    void ofSeveralManagersTheUsualOneTakesPart(CapturedOutput output) {
        runner.withUserConfiguration(Two.class).run(context -> {
            checkCommands(context);
            assertThat(context.getBean("usual", Counting.class).begun).isPositive();
            assertThat(context.getBean("other", Counting.class).begun).isZero();
            assertThat(output).contains("[usual, other]").contains("in a transaction of usual");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Ambiguous {
        @Bean
        DataSource dataSource() {
            return database();
        }

        @Bean
        Counting one(DataSource dataSource) {
            return new Counting(dataSource);
        }

        @Bean
        Counting other(DataSource dataSource) {
            return new Counting(dataSource);
        }
    }

    @Test
    void ofSeveralManagersThatNothingTellsApartNoneDoes(CapturedOutput output) {
        runner.withUserConfiguration(Ambiguous.class).run(context -> {
            checkCommands(context);
            assertThat(context.getBean("one", Counting.class).begun).isZero();
            assertThat(output).contains("[one, other]").contains("Make one of them @Primary");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Chained {
        @Bean
        DataSource dataSource() {
            return database();
        }

        @Bean
        Counting own(DataSource dataSource) {
            return new Counting(dataSource);
        }

        @Bean
        @Primary
        @SuppressWarnings("deprecation")
        PlatformTransactionManager all(Counting own) {
            return new ChainedTransactionManager(own, new JdbcTransactionManager(database()));
        }
    }

    @Test
    void managerInAChainTakesPartAndTheChainJoins() {
        runner.withUserConfiguration(Chained.class).run(context -> {
            opened(context);
            Diary diary = diary(context);
            assertThat(applied(context, () -> diary.writeByService("a"))).isOne();
            failed(context, () -> diary.writeByServiceAndFail("b"));
            assertThat(diary.count()).isOne();
            assertThat(context.getBean(Counting.class).begun).isPositive();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Lazy {
        @Bean
        DataSource dataSource() {
            return database();
        }

        @Bean
        @Fallback
        DataSource lazy(DataSource dataSource) {
            return new LazyConnectionDataSourceProxy(dataSource);
        }

        @Bean
        Counting manager(@Qualifier("lazy") DataSource lazy) {
            return new Counting(lazy);
        }
    }

    @Test
    void managerOfADataSourceThatLeadsToItTakesPart() {
        runner.withUserConfiguration(Lazy.class).run(context -> {
            checkCommands(context);
            assertThat(context.getBean(Counting.class).begun).isPositive();
        });
    }

    @Test
    void timeOutOfTheManagerDoesNotDecideWhatACommandComesTo() {
        runner.withBean("dataSource", DataSource.class, DataSourceGuardTests::database)
                .withBean(ImpatientManager.class)
                .run(DataSourceGuardTests::checkCommands);
    }

    static class ImpatientManager extends JdbcTransactionManager {
        private static final long serialVersionUID = 1L;

        ImpatientManager(DataSource dataSource) {
            super(dataSource);
            setDefaultTimeout(0);
        }
    }

    private static void checkCommands(ApplicationContext context) throws Exception {
        opened(context);
        Diary diary = diary(context);
        assertThat(applied(context, () -> diary.write("a"))).isOne();
        failed(context, () -> diary.writeAndFail("b"));
        assertThat(applied(context, () -> diary.writeByConnection("c"))).isEqualTo(2);
        failed(context, () -> diary.writeByConnectionAndFail("d"));
        assertThatExceptionOfType(CommandTransactionException.class)
                .isThrownBy(() -> applied(context, () -> diary.commit("e")));
        assertThat(diary.count()).isEqualTo(2);
        assertThat(machine(context).position().appliedIndex()).isEqualTo(5);
    }

    private static void failed(ApplicationContext context, Callable<Integer> call) {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> applied(context, call))
                .withMessageStartingWith("no ");
    }

    /** Applies as the replica does. */
    private static int applied(ApplicationContext context, Callable<Integer> call) throws Exception {
        var machine = machine(context);
        var failure = new AtomicReference<@Nullable Exception>();
        int result = machine.transact(() -> {
            int value = 0;
            try {
                value = call.call();
            } catch (Exception e) {
                failure.set(e);
            }
            machine.record(context.getBean(FakeReplica.class).index, Map.of());
            return value;
        });
        Exception thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
        return result;
    }

    private static DurableStateMachine opened(ApplicationContext context) throws Exception {
        var machine = machine(context);
        machine.position();
        return machine;
    }

    private static DurableStateMachine machine(ApplicationContext context) {
        return (DurableStateMachine) Objects.requireNonNull(context.getBean(RaftStateMachinePostProcessor.class)
                .stateMachines()
                .get("diary"));
    }

    private static Diary diary(ApplicationContext context) {
        return context.getBean(Diary.class);
    }

    @RaftStateMachine
    @RaftDataSource(schema = "classpath:words.sql")
    static class Diary {
        private final DataSource dataSource;
        private final JdbcClient jdbc;
        private final ObjectProvider<PlatformTransactionManager> manager;

        Diary(DataSource dataSource, ObjectProvider<PlatformTransactionManager> manager) {
            this.manager = manager;
            this.dataSource = dataSource;
            this.jdbc = JdbcClient.create(dataSource);
        }

        @RaftCommand
        int write(String text) {
            jdbc.sql("INSERT INTO word (text) VALUES (?)").param(text).update();
            return count();
        }

        @RaftCommand
        int writeAndFail(String text) {
            write(text);
            throw new IllegalStateException("no " + text);
        }

        @RaftCommand
        int writeByConnection(String text) throws SQLException {
            try (Connection connection = dataSource.getConnection();
                    var statement = connection.prepareStatement("INSERT INTO word (text) VALUES (?)")) {
                statement.setString(1, text);
                statement.executeUpdate();
            }
            return count();
        }

        @RaftCommand
        int writeByConnectionAndFail(String text) throws SQLException {
            writeByConnection(text);
            throw new IllegalStateException("no " + text);
        }

        @RaftCommand
        int writeByService(String text) {
            new TransactionTemplate(manager.getObject()).executeWithoutResult(status -> write(text));
            return count();
        }

        @RaftCommand
        int writeByServiceAndFail(String text) {
            writeByService(text);
            throw new IllegalStateException("no " + text);
        }

        @RaftCommand
        int commit(String text) throws SQLException {
            int count = write(text);
            try (Connection connection = dataSource.getConnection()) {
                connection.commit();
            }
            return count;
        }

        @RaftQuery
        int count() {
            return jdbc.sql("SELECT COUNT(*) FROM word").query(Integer.class).single();
        }
    }
}
