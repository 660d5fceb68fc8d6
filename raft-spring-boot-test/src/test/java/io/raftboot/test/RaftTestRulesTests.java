package io.raftboot.test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.ContextHierarchy;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.transaction.annotation.Transactional;

/** What can't work is refused before a member is started. */
class RaftTestRulesTests {
    @RaftTest(nodes = 0)
    static class WithNoMember {}

    @RaftTest(webEnvironment = WebEnvironment.DEFINED_PORT)
    static class WithOnePortForAll {}

    @RaftTest
    @Transactional
    static class InATransaction {}

    @RaftTest
    @Sql("/tally.sql")
    static class WithAScript {}

    @RaftTest
    @ContextHierarchy(@ContextConfiguration(classes = RaftTestRulesTests.class))
    static class WithAHierarchy {}

    @RaftTest
    @AutoConfigureTestRaft
    static class WithTheOtherAnnotation {}

    @RaftTest
    @SpringBootTest
    static class WithTwoContexts {}

    @RaftTest(classes = RaftTestRulesTests.class)
    static class Fine {
        @Transactional
        void inATransaction() {}

        @Sql("/tally.sql")
        void withAScript() {}
    }

    @Test
    void valuesThatCannotBeAreRefused() {
        refuses(WithNoMember.class, "@RaftTest(nodes = 0): a cluster has one member at least");
        refuses(WithOnePortForAll.class, "write RANDOM_PORT");
    }

    @Test
    void annotationsThatReachOneMemberAloneAreRefused() throws Exception {
        refuses(InATransaction.class, "@Transactional on ", "leave it out");
        refuses(WithAScript.class, "@Sql on ", "spring.sql.init.data-locations");
        assertThatThrownBy(() -> RaftTestRules.check(Fine.class.getDeclaredMethod("inATransaction")))
                .hasMessageContaining("Fine.inATransaction");
        assertThatThrownBy(() -> RaftTestRules.check(Fine.class.getDeclaredMethod("withAScript")))
                .hasMessageContaining("Fine.withAScript");
    }

    @Test
    void otherContextsAreRefused() {
        refuses(WithAHierarchy.class, "@ContextHierarchy on ");
        refuses(WithTheOtherAnnotation.class, "@AutoConfigureTestRaft on ");
        assertThatThrownBy(() -> RaftTestRules.check(WithTwoContexts.class))
                .hasMessageStartingWith("@SpringBootTest on ")
                .hasMessageContaining("write one of them");
    }

    @Test
    void beansOutsideOfAnInstanceAreRefused() {
        var context = new TestContextManager(Fine.class).getTestContext();
        assertThatThrownBy(context::getApplicationContext).hasMessageContaining("PER_CLASS");
    }

    private static void refuses(Class<?> test, String... reasons) {
        assertThatThrownBy(() -> new TestContextManager(test)).hasMessageContainingAll(reasons);
    }
}
