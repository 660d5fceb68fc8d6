package io.raftboot.test.habits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verify;

import io.raftboot.test.RaftCluster;
import io.raftboot.test.RaftMember;
import io.raftboot.test.RaftTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** A mock is the same in all members, a spy is of the member's own bean, and both are new for each test. */
@RaftTest(nodes = 2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MocksTests {
    @MockitoBean
    private Shop.Mail mail;

    @MockitoSpyBean
    private Shop.Prices prices;

    @Autowired
    private RaftCluster cluster;

    @RepeatedTest(2)
    void membersUseTheMockOfTheTest() {
        assertThat(mail.send("anything"))
                .as("what the repetition before has said")
                .isNull();
        assertThat(mockingDetails(mail).getInvocations()).hasSize(1);
        given(mail.send(anyString())).willAnswer(call -> "sent " + call.getArgument(0));
        for (RaftMember member : cluster.members()) {
            int next = member.bean(Shop.Orders.class).count() + 1;
            assertThat(member.bean(Shop.Counter.class).order()).isEqualTo("sent costs " + 2 * next);
            verify(mail).send("costs " + 2 * next);
        }
    }

    @RepeatedTest(2)
    void spiesAreOfEachMember() {
        Shop.Prices second = cluster.member(2).bean(Shop.Prices.class);
        assertThat(prices).isSameAs(cluster.member(1).bean(Shop.Prices.class)).isNotSameAs(second);
        assertThat(second.of(3)).as("what the repetition before has said").isEqualTo(6);
        given(second.of(3)).willReturn(1);
        assertThat(second.of(3)).isOne();
        assertThat(prices.of(3)).isEqualTo(6);
        verify(prices).of(3);
    }

    @Test
    void memberThatIsBackHasTheMockAsWell() {
        RaftMember first = cluster.member(1);
        cluster.crash(first);
        cluster.restart(first);
        cluster.leader();
        given(mail.send(anyString())).willReturn("sent");
        assertThat(first.bean(Shop.Counter.class).order()).isEqualTo("sent");
    }
}
