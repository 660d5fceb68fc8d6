package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.PATIENCE;
import static io.raftboot.replica.TestCluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeTransition;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.proto.ChangeContext;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that stay between two sets of voters for longer than they should. */
class JointChangeTests {
    private final TestCluster cluster = TestCluster.inMemory(5);
    private long leader;
    private long follower;

    @BeforeEach
    void start() {
        cluster.start();
        leader = cluster.awaitLeader();
        follower = cluster.otherThan(leader);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private ConfChangeV2.Builder demotion(ConfChangeTransition transition) {
        return ConfChangeV2.newBuilder()
                .setTransition(transition)
                .addChanges(ConfChangeSingle.newBuilder()
                        .setType(ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE)
                        .setNodeId(follower));
    }

    private MembershipView view() {
        return get(cluster.replica(leader).membership().view(RaftMembership.VIEW_PATIENCE));
    }

    /** The core asks to leave when the entry is applied, and is refused while a hand-over is under way, which then fails. */
    @Test
    void groupThatNobodyWritesToLeavesAJointConfigurationAllTheSame() {
        long other = LongStream.rangeClosed(1, 5)
                .filter(id -> id != leader && id != follower)
                .findFirst()
                .orElseThrow();
        cluster.replica(other).stop();
        var node = cluster.replica(leader).node();
        var appended = cluster.propose(
                leader,
                demotion(ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_IMPLICIT)
                        .build());
        node.transferLeadership(other);
        long index = get(appended);
        await().atMost(PATIENCE)
                .until(() -> cluster.replica(leader).configuration().index() >= index);
        await().atMost(PATIENCE).until(() -> view().halves().size() == 1);
        assertThat(view().member(follower).orElseThrow().voter()).isFalse();
    }

    @Test
    void changeOfWhichAllStepsAreTakenIsNotCancelled() {
        await().atMost(PATIENCE).until(() -> view().members().stream()
                .noneMatch(member -> member.address().isEmpty()));
        var asked = get(cluster.replica(leader)
                .membership()
                .change(
                        new MemberChange.Add(
                                new MemberChange.Address(6, "member6:7400"), MemberChange.Promotion.MANUAL),
                        ChangeOptions.DEFAULTS));
        long change = ((ChangeOutcome.Accepted) asked).change().id();
        // In place of its step, which waits for a process, another one is taken, that is not left by itself.
        long index = get(cluster.propose(
                leader,
                demotion(ConfChangeTransition.CONF_CHANGE_TRANSITION_JOINT_EXPLICIT)
                        .setContext(ChangeContext.newBuilder()
                                .setChangeId(change)
                                .build()
                                .toByteString())
                        .build()));
        await().atMost(PATIENCE)
                .until(() -> cluster.replica(leader).configuration().index() >= index);
        await().atMost(PATIENCE).until(() -> view().halves().size() == 2);
        var refused = get(cluster.replica(leader).membership().cancel(change, "an operator"));
        assertThat(refused).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(((ChangeOutcome.Refused) refused).message())
                .contains("all steps of change " + change + " have been taken");
        get(cluster.propose(leader, ConfChangeV2.getDefaultInstance()));
        await().atMost(PATIENCE).until(() -> view().change(change).orElseThrow().state() == MembershipView.State.DONE);
    }
}
