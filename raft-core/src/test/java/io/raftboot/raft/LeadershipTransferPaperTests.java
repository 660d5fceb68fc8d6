package io.raftboot.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import org.junit.jupiter.api.Test;

/** Leadership transfer: section 3.10 of the dissertation. */
class LeadershipTransferPaperTests {
    private final TestGroup group =
            new TestGroup(3, 0, settings -> settings.checkQuorum(true).preVote(true));

    private void startWithLeaderOne() {
        for (long id = 1; id <= 3; id++) {
            group.tick(id, TestGroup.ELECTION_TICKS);
        }
        group.elect(1);
        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
    }

    /** 1. The prior leader stops accepting new client requests. */
    @Test
    void leaderRefusesProposalsWhileItHandsOver() {
        startWithLeaderOne();
        group.cut(2);
        group.node(1).transferLeadership(2);

        assertThatThrownBy(() -> group.node(1).propose(ByteString.copyFromUtf8("x")))
                .isInstanceOfSatisfying(ProposalDroppedException.class, dropped -> assertThat(dropped.reason())
                        .isEqualTo(ProposalDroppedException.Reason.TRANSFERRING));
    }

    /** 2. The prior leader fully updates the target's log to match its own; only then (3.) it tells it to campaign. */
    @Test
    void targetGetsAllEntriesBeforeItIsToldToCampaign() throws Exception {
        startWithLeaderOne();
        group.cut(2);
        group.propose(1, "a");
        group.heal();

        group.node(1).transferLeadership(2);
        group.processReady(1);

        assertThat(group.inFlight(MessageType.MSG_TIMEOUT_NOW)).isEmpty();
        group.settle();
        assertThat(group.role(2)).isEqualTo(RaftRole.LEADER);
        assertThat(group.applied(2)).isEqualTo("a");
    }

    /**
     * 3. The target starts a new election at once, without waiting for its timeout or for pre-votes, and its requests
     * carry a mark, because others would otherwise protect the leader that they hear from.
     */
    @Test
    void targetCampaignsAtOnceAndIsNotTakenForADisruption() {
        startWithLeaderOne();
        long term = group.term(1);
        group.node(1).transferLeadership(2);
        group.processReady(1);
        Message timeoutNow = group.inFlight(MessageType.MSG_TIMEOUT_NOW).get(0);
        assertThat(timeoutNow.getTo()).isEqualTo(2);

        group.settle();

        assertThat(group.role(2)).isEqualTo(RaftRole.LEADER);
        assertThat(group.term(2)).isEqualTo(term + 1);
        assertThat(group.leader(1)).isEqualTo(2);
        assertThat(group.leader(3)).isEqualTo(2);
    }

    /** If it has not happened after about an election timeout, the prior leader aborts and takes requests again. */
    @Test
    void leaderTakesProposalsAgainWhenTheTargetHasHadItsTime() throws Exception {
        startWithLeaderOne();
        group.cut(2);
        group.node(1).transferLeadership(2);
        for (int i = 0; i < TestGroup.ELECTION_TICKS; i++) {
            assertThat(group.node(1).basicStatus().leadTransfereeId()).isEqualTo(2);
            group.tick(1, 1);
            group.settle();
        }

        group.propose(1, "after");

        assertThat(group.node(1).basicStatus().leadTransfereeId()).isEqualTo(NodeIds.NONE);
        assertThat(group.role(1)).isEqualTo(RaftRole.LEADER);
        assertThat(group.applied(3)).isEqualTo("after");
    }
}
