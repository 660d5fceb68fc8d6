package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.duty.Voters;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MajorityContactTests {
    private static final long TIMEOUT_MILLIS = 1000;
    private static final long TERM = 5;

    private final FakeClock clock = new FakeClock(0);
    private Voters voters = new Voters(List.of(1L, 2L, 3L), List.of());
    private final MajorityContact contact = new MajorityContact(1, clock, TIMEOUT_MILLIS * 1_000_000, () -> voters);

    private void heard(long from, MessageType type, long term) {
        contact.heard(from, Message.newBuilder().setType(type).setTerm(term).build());
    }

    @ParameterizedTest
    @EnumSource(names = {"MSG_APP_RESP", "MSG_HEARTBEAT_RESP", "MSG_VOTE_RESP"})
    void majorityIsBehindALeaderForAnElectionTimeoutAfterItsLastWord(MessageType type) {
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
        heard(2, type, TERM);
        clock.advanceMillis(TIMEOUT_MILLIS);
        assertThat(contact.isMajorityBehind(TERM)).isTrue();
        clock.advanceMillis(1);
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
    }

    @Test
    void wordsOfAnotherTermAndRefusedVotesDoNotCount() {
        heard(2, MessageType.MSG_HEARTBEAT_RESP, TERM - 1);
        heard(3, MessageType.MSG_PRE_VOTE_RESP, TERM);
        contact.heard(
                3,
                Message.newBuilder()
                        .setType(MessageType.MSG_VOTE_RESP)
                        .setTerm(TERM)
                        .setReject(true)
                        .build());
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
    }

    @Test
    void strangersDoNotCount() {
        heard(7, MessageType.MSG_HEARTBEAT_RESP, TERM);
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
    }

    @Test
    void bothHalvesOfAJointConfigurationHaveToBeHeard() {
        voters = new Voters(List.of(1L, 2L, 3L), List.of(1L, 4L, 5L));
        heard(2, MessageType.MSG_APP_RESP, TERM);
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
        heard(4, MessageType.MSG_APP_RESP, TERM);
        assertThat(contact.isMajorityBehind(TERM)).isTrue();
    }

    @Test
    void onlyVoterNeedHearOfNobody() {
        voters = new Voters(List.of(1L), List.of());
        clock.advanceMillis(10 * TIMEOUT_MILLIS);
        assertThat(contact.isMajorityBehind(TERM)).isTrue();
    }

    @Test
    void leaderOfALaterTermEndsItAtOnce() {
        heard(2, MessageType.MSG_APP_RESP, TERM);
        heard(3, MessageType.MSG_HEARTBEAT, TERM + 1);
        assertThat(contact.isMajorityBehind(TERM)).isFalse();
    }
}
