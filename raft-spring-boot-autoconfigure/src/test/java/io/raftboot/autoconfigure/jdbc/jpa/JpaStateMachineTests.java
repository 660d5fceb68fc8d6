package io.raftboot.autoconfigure.jdbc.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftboot.autoconfigure.jdbc.CommandTransactionException;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.ObjectOptimisticLockingFailureException;
import org.springframework.transaction.UnexpectedRollbackException;

/** A member whose state machine uses Spring Data JPA, as an application would. */
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JpaStateMachineTests {
    private ConfigurableApplicationContext context;
    NoteBook book;
    private JdbcClient jdbc;

    @BeforeAll
    void start(CapturedOutput output) throws Exception {
        context = new SpringApplicationBuilder(JpaApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "raft.storage=memory",
                        "spring.datasource.url=" + url(),
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=1000",
                        "spring.jpa.hibernate.ddl-auto=none")
                .run();
        book = context.getBean(NoteBook.class);
        jdbc = context.getBean(JdbcClient.class);
        assertThat(output)
                .contains("the state machine 'notes' has entities whose ids are generated: [NumberedNote]")
                .contains("Remove @GeneratedValue");
    }

    String url() throws Exception {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    @AfterAll
    void stop() throws Exception {
        context.close();
    }

    /** Nothing that a command did may stop the member, or stay without its index. */
    @AfterEach
    void memberIsStillThere() {
        assertThat(context.getBean(Replica.class).state()).isEqualTo(ReplicaState.RUNNING);
        assertThat(jdbc.sql("SELECT applied_index FROM raft_state_machine")
                        .query(Long.class)
                        .single())
                .isPositive();
    }

    @Test
    void repositoryAndEntityManagerTakePart() {
        long saved = book.save("saved");
        long persisted = book.persist("persisted");
        assertThat(persisted).isGreaterThan(saved);
        assertThat(book.texts()).contains("saved", "persisted");
    }

    @Test
    void allWaysToTheDatabaseAreOneTransaction() throws Exception {
        assertThat(book.saveAllWays("all")).isEqualTo(6);
        assertThat(book.texts()).contains("all1", "all2", "all3", "all4", "all5", "all6");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> book.saveAllWaysAndFail("undone"))
                .withMessage("no undone");
        assertThat(book.texts()).noneMatch(text -> text.startsWith("undone"));
    }

    @Test
    void constraintThatIsViolatedAtTheEndIsAResult() {
        book.persist("once");
        failsWith(DataIntegrityViolationException.class, () -> book.persist("once"));
        failsWith(DataIntegrityViolationException.class, () -> book.save("this is far longer than a note may be"));
        assertThat(book.texts()).containsOnlyOnce("once");
    }

    @Test
    void staleVersionIsAResult() {
        long id = book.save("fresh");
        failsWith(ObjectOptimisticLockingFailureException.class, () -> book.saveStale(id, "stale"));
        assertThat(book.texts()).contains("fresh").doesNotContain("stale");
    }

    @Test
    void serviceThatFailedAndWasCaughtIsAFailedResult() {
        assertThatExceptionOfType(UnexpectedRollbackException.class)
                .isThrownBy(() -> book.catchFailure("caught"))
                .withMessageContaining("rollback-only");
        assertThat(book.texts()).doesNotContain("caught");
    }

    @Test
    void whatLeavesTheTransactionIsRefused() {
        refused(() -> book.requireNew("outside"), "REQUIRES_NEW or NOT_SUPPORTED");
        refused(() -> book.notSupported("outside"), "REQUIRES_NEW or NOT_SUPPORTED");
        refused(() -> book.commit("outside"), "called setAutoCommit(false)");
        assertThat(book.texts()).doesNotContain("outside");
    }

    @Test
    void statementThatCommitsIsRefused() {
        refused(() -> book.truncate("outside"), "wanted to run 'TRUNCATE TABLE note_tags'");
        assertThat(book.texts()).doesNotContain("outside");
    }

    @Test
    void eachCommandHasEntitiesOfItsOwn() {
        long id = book.save("before");
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> book.renameAndFail(id, "not this"));
        assertThat(book.rename(id, "between")).isEqualTo("before");
        assertThat(book.shout(id)).isOne();
        assertThat(book.rename(id, "after")).isEqualTo("between!");
    }

    @Test
    void resultIsEncodedWhereItCanStillBeLoaded() {
        long id = book.save("tagged");
        assertThat(book.tag(id, "red")).containsExactly("red");
        assertThat(book.tag(id, "blue")).containsExactlyInAnyOrder("red", "blue");
        assertThat(book.touch(id)).containsExactlyInAnyOrder("red", "blue");
        assertThat(book.tags(id)).containsExactlyInAnyOrder("red", "blue");
    }

    @Test
    void queryKeepsNothingOfWhatItWrites() {
        book.save("kept");
        List<String> before = book.texts();
        book.saveInQuery("of a query");
        refused(() -> book.requireNewInQuery("new"), "the query wanted to leave its transaction");
        assertThat(book.texts()).isEqualTo(before);
    }

    private static void failsWith(Class<? extends Exception> type, ThrowingCallable command) {
        assertThatExceptionOfType(type).isThrownBy(command);
    }

    private static void refused(ThrowingCallable command, String message) {
        assertThatExceptionOfType(CommandTransactionException.class)
                .isThrownBy(command)
                .withMessageContaining(message);
    }
}
