package io.raftboot.autoconfigure.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.StateMachine;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.InvalidStateMachineException;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.spring.ResultEncodingException;
import io.raftboot.spring.machine.RaftStateMachinePostProcessor;
import io.raftboot.testing.FakeReplica;
import io.raftboot.testing.FakedMember;
import io.raftboot.transport.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

class JdbcStateMachinesTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RaftAutoConfiguration.class, RaftJdbcAutoConfiguration.class))
            .withBean(Transport.class, () -> Mockito.mock(Transport.class))
            .withUserConfiguration(FakedMember.class);

    private final ApplicationContextRunner withDatabase = runner.withBean("words", DataSource.class, Words::database);

    @Test
    void annotatedBeanIsPutIntoItsDatabaseAndCalledAsEver() {
        withDatabase.withUserConfiguration(Notes.class).run(context -> {
            var machine = (DurableStateMachine) machine(context, "notes");
            assertThat(machine.position()).isEqualTo(DurableStateMachine.Position.START);
            assertThat(machine.hasSnapshots()).isTrue();
            Integer added = machine.transact(() -> context.getBean(Notes.class).add("a"));
            assertThat(added).isOne();
            assertThat(context.getBean(RaftTemplate.class)
                            .queryAndWait("notes", "count", Map.of(), int.class, RaftCallOptions.defaults()))
                    .isOne();
        });
    }

    @Test
    void resultThatCanNotBeEncodedLeavesTheCommandApplied() {
        withDatabase.withUserConfiguration(Notes.class).run(context -> {
            var machine = (JdbcStateMachine) machine(context, "notes");
            machine.position();
            byte[] call = call(context.getBean(RaftTemplate.class), context.getBean(FakeReplica.class));
            machine.transact(() -> {
                assertThatExceptionOfType(ResultEncodingException.class)
                        .isThrownBy(() -> machine.apply(new CommandContext(1, 1, Instant.EPOCH), call))
                        .withMessageContaining("was applied");
                machine.record(1, Map.of());
                return true;
            });
            assertThat(context.getBean(Notes.class).count()).isOne();
        });
    }

    private static StateMachine machine(ApplicationContext context, String name) {
        return Objects.requireNonNull(context.getBean(RaftStateMachinePostProcessor.class)
                .stateMachines()
                .get(name));
    }

    private static byte[] call(RaftTemplate template, FakeReplica replica) {
        replica.neverAnswers = true;
        var unused =
                template.submit("notes", "addStrangely", Map.of("text", "b"), Object.class, RaftCallOptions.defaults());
        replica.neverAnswers = false;
        return Objects.requireNonNull(replica.lastCommand);
    }

    @Test
    void databaseIsNotOpenedBeforeTheMemberAsksForIt() {
        DataSource untouched = Mockito.mock(DataSource.class);
        runner.withBean("words", DataSource.class, () -> untouched)
                .withUserConfiguration(Notes.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Mockito.verify(untouched, Mockito.never()).getConnection();
                });
    }

    @Test
    void missingDataSourceFailsTheStartAndNamesThoseThereAre() {
        withDatabase.withUserConfiguration(Elsewhere.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("'elsewhere', which there is not")
                .hasMessageContaining("[words]"));
    }

    @Test
    void noDataSourceAtAllFailsTheStart() {
        runner.withUserConfiguration(Anywhere.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("in a DataSource; there is []"));
    }

    @Test
    void twoMachinesInOneDatabaseFailTheStart() {
        withDatabase.withUserConfiguration(Notes.class, MoreNotes.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("'notes' and 'moreNotes'"));
    }

    @Test
    void snapshotMethodsBesideTheDatabaseFailTheStart() {
        withDatabase.withUserConfiguration(SavedTwice.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("SavedTwice")
                .hasMessageContaining("()"));
    }

    @Test
    void missingSchemaFailsTheStart() {
        withDatabase.withUserConfiguration(WithoutSchema.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(InvalidStateMachineException.class)
                .hasMessageContaining("'classpath:absent.sql'"));
    }

    @Test
    void databaseWithoutJdbcFailsTheStart() {
        withDatabase
                .withClassLoader(new FilteredClassLoader(JdbcTransactionManager.class))
                .withUserConfiguration(Notes.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidStateMachineException.class)
                        .hasMessageContaining("no JDBC"));
    }

    @Test
    void othersAreLeftAsTheyAre() {
        withDatabase.withUserConfiguration(InMemory.class).run(context -> assertThat(
                        context.getBean(RaftStateMachinePostProcessor.class)
                                .stateMachines()
                                .get("inMemory"))
                .isInstanceOf(StateMachine.class)
                .isNotInstanceOf(DurableStateMachine.class));
    }

    @RaftStateMachine
    @RaftDataSource(schema = "classpath:words.sql")
    static class Notes {
        private final JdbcClient jdbc;

        Notes(DataSource dataSource) {
            jdbc = JdbcClient.create(dataSource);
        }

        /** A value that JSON can't say, if it is in itself. */
        record Strange(List<Strange> inside) {}

        @RaftCommand
        int add(String text) {
            return jdbc.sql("INSERT INTO word (text) VALUES (?)").param(text).update();
        }

        @RaftCommand
        Strange addStrangely(String text) {
            add(text);
            var strange = new Strange(new ArrayList<>());
            strange.inside().add(strange);
            return strange;
        }

        @RaftQuery
        int count() {
            return jdbc.sql("SELECT COUNT(*) FROM word").query(Integer.class).single();
        }
    }

    @RaftStateMachine
    @RaftDataSource("words")
    static class MoreNotes {
        @RaftQuery
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @RaftDataSource
    static class Anywhere {
        @RaftQuery
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @RaftDataSource("elsewhere")
    static class Elsewhere {
        @RaftQuery
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @RaftDataSource(schema = "classpath:absent.sql")
    static class WithoutSchema {
        @RaftQuery
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    static class InMemory {
        @RaftQuery
        int count() {
            return 0;
        }
    }

    @RaftStateMachine
    @RaftDataSource
    static class SavedTwice {
        @RaftQuery
        int count() {
            return 0;
        }

        @RaftSnapshot
        int save() {
            return 0;
        }

        @RaftRestore
        void restore(int state) {}
    }
}
