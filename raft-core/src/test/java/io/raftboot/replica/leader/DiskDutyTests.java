package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.SteppedStages;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member whose disk is said to hang, stepped by hand. */
class DiskDutyTests {
    private static final long TIMEOUT_NANOS = SteppedStages.ELECTION_TIMEOUT.toNanos();

    private SteppedStages stages = new SteppedStages(3);

    DiskDutyTests() throws Exception {}

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private List<Message> ordersToTakeOver() {
        return stages.transport.sent(MessageType.MSG_TIMEOUT_NOW);
    }

    @Test
    void leaderWhoseDiskTakesItsTimeKeepsTheLead() throws Exception {
        stages.lead();
        stages.diskUnderWayNanos = TIMEOUT_NANOS;
        stages.tick();
        assertThat(ordersToTakeOver()).isEmpty();
        assertThat(stages.leadership.leads()).isTrue();
    }

    @Test
    void leaderWhoseDiskHangsHandsOverOnceToTheBestConnectedFollower() throws Exception {
        stages.raft.connected(3);
        stages.lead();
        stages.diskUnderWayNanos = TIMEOUT_NANOS + 1;
        stages.tick();
        stages.tick();
        stages.tick();
        assertThat(ordersToTakeOver()).extracting(Message::getTo).containsExactly(3L);
        assertThat(stages.leadership.leads()).as("until another one does").isTrue();
    }

    @Test
    void leaderThatCouldNotHandOverStepsDownAndDoesNotCampaign() throws Exception {
        stages.lead();
        stages.diskUnderWayNanos = TIMEOUT_NANOS + 1;
        stages.tick();
        stages.diskUnderWayNanos = TIMEOUT_NANOS + TIMEOUT_NANOS / 2 + 1;
        stages.tick();
        assertThat(stages.leadership.role()).isEqualTo(RaftRole.FOLLOWER);
        int before = stages.transport.sent(MessageType.MSG_PRE_VOTE).size();
        for (int i = 0; i < 3 * SteppedStages.ELECTION_TICKS; i++) {
            stages.tick();
        }
        assertThat(stages.transport.sent(MessageType.MSG_PRE_VOTE)).hasSize(before);
    }

    @Test
    void memberThatIsAloneKeepsTheLeadWhateverItsDiskDoes() throws Exception {
        stages.close();
        stages = new SteppedStages(1);
        stages.lead();
        for (long times = 1; times < 5; times++) {
            stages.diskUnderWayNanos = times * TIMEOUT_NANOS + 1;
            stages.tick();
        }
        assertThat(stages.leadership.leads()).isTrue();
        assertThat(stages.transport.batches).isEmpty();
    }

    @Test
    void followerWhoseDiskHangsGivesNothingUp() throws Exception {
        stages.follow(2, 2);
        stages.diskUnderWayNanos = 5 * TIMEOUT_NANOS;
        stages.tick();
        assertThat(stages.leadership.leaderId()).isEqualTo(2);
        assertThat(stages.transport.sent(MessageType.MSG_TIMEOUT_NOW)).isEmpty();
    }
}
