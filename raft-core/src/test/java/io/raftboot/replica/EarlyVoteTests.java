package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Voters;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.membership.PeerIdentities;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A member without a group has no vote: who asks for one may count another directory under its id, and the group may have gone on without
 * both.
 */
@SuppressWarnings("NullAway") // For whose messages count is all that matters.
class EarlyVoteTests {
    private Voters voters = new Voters(List.of(), List.of());
    private final Door door = new Door(
            new PeerIdentities(() -> new Members(new TreeMap<>()), () -> true),
            null,
            null,
            null,
            null,
            () -> voters,
            EventSink.NONE);

    private boolean accepts(MessageType type) {
        return door.accepts(3, Message.newBuilder().setType(type).setFrom(3).build());
    }

    @ParameterizedTest
    @EnumSource(names = {"MSG_VOTE", "MSG_PRE_VOTE"})
    void memberThatKnowsNobodyYetIsNotAskedForItsVote(MessageType type) {
        assertThat(accepts(type)).isFalse();
        voters = new Voters(List.of(1L, 2L, 3L), List.of());
        assertThat(accepts(type)).isTrue();
    }

    /** What a group is told to a new member by. */
    @ParameterizedTest
    @EnumSource(names = {"MSG_APP", "MSG_HEARTBEAT", "MSG_SNAP"})
    void memberThatKnowsNobodyYetHearsWhoLeads(MessageType type) {
        assertThat(accepts(type)).isTrue();
    }

    /** Learners are asked as well: they may have a vote by now and not know. */
    @Test
    void memberThatKnowsItsGroupVotesThoughItMayNotKnowThatItDoes() {
        voters = new Voters(List.of(1L), List.of());
        assertThat(accepts(MessageType.MSG_VOTE)).isTrue();
    }
}
