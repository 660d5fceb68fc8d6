package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.SteppedHost;
import io.raftboot.api.ReplicaListener;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.RecordingTransport;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.duty.Applied;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.proto.LeaderAnswer;
import io.raftboot.replica.proto.LeaderInquiry;
import io.raftboot.replica.proto.Request.RequestCase;
import io.raftboot.replica.proto.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How member 1 of three stands to the others, in term 3. */
class StandingTests {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final ConfState VOTERS =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();

    private final FakeClock clock = new FakeClock(0);
    private final SteppedHost host = new SteppedHost(clock, 1);
    private final ReplicaEvents events = new ReplicaEvents(host, "events");
    private final Links links = TestLinks.of(clock, TIMEOUT, 7, new AppliedConfiguration(1, VOTERS));
    private final RecordingTransport transport = new RecordingTransport();
    private final Leadership leadership = new Leadership(1, new AgreedTime(clock), events);
    private long lastIndex = 5;
    private long commitIndex = 5;
    private boolean roundsAreAnswered = true;
    private final Standing standing = new Standing(links, transport, leadership, rounds(), log(), notice -> {});

    private LeaderWays.Rounds rounds() {
        return new LeaderWays.Rounds() {
            @Override
            public void ask() {}

            @Override
            public Long answeredNanos() {
                return roundsAreAnswered ? clock.nanoTime() : 0L;
            }
        };
    }

    private GroupLog log() {
        return new GroupLog() {
            @Override
            public long lastIndex() {
                return lastIndex;
            }

            @Override
            public long commitIndex() {
                return commitIndex;
            }
        };
    }

    private void leaderIs(long id) {
        leadership.update(new SoftState(id, id == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER), 3);
        standing.leaderChanged();
    }

    private void hear(long from, long term) {
        standing.majority()
                .heard(
                        from,
                        Message.newBuilder()
                                .setType(MessageType.MSG_HEARTBEAT_RESP)
                                .setTerm(term)
                                .build());
    }

    private void passes(Duration time) {
        clock.advanceMillis(time.toMillis());
        standing.tick(clock.nanoTime());
    }

    /** A tick within which a follower is heard of. */
    private void passesWithWord() {
        hear(2, 3);
        passes(TIMEOUT.dividedBy(2));
    }

    private void answerAll() {
        var answers = List.copyOf(transport.asked);
        transport.asked.clear();
        for (var asked : answers) {
            var response = Response.newBuilder();
            if (asked.request().getRequestCase() == RequestCase.LEADER) {
                response.setLeader(LeaderAnswer.newBuilder().setServes(true).setCommitIndex(commitIndex));
            }
            asked.answer().complete(response.build().toByteString());
        }
    }

    private LeaderAnswer asked() throws Exception {
        var answer = new CompletableFuture<ByteString>();
        standing.contact().asked(2, LeaderInquiry.getDefaultInstance(), answer);
        return Response.parseFrom(answer.join()).getLeader();
    }

    @Test
    void leaderIsInTroubleUnlessAMajorityIsHeardOf() {
        leaderIs(1);
        assertThat(standing.trouble()).contains("has not heard of a majority");
        hear(2, 2);
        assertThat(standing.trouble()).as("of an earlier term").isNotNull();
        hear(2, 3);
        assertThat(standing.trouble()).isNull();
        passes(TIMEOUT);
        assertThat(standing.trouble()).isNull();
        passes(Duration.ofMillis(1));
        assertThat(standing.trouble()).contains("has not heard of a majority");
    }

    @Test
    void leaderOfWhoseLogNothingIsCommittedIsInTroubleAndServesNobody() throws Exception {
        leaderIs(1);
        leadership.becomeReady(3, () -> 0);
        lastIndex = 8;
        for (int i = 0; i < 6; i++) {
            passesWithWord();
            assertThat(standing.trouble()).isNull();
        }
        assertThat(asked().getServes()).isTrue();
        passesWithWord();
        passesWithWord();
        assertThat(standing.trouble()).contains("has committed nothing for", "goes up to 8 and only 5 is committed");
        hear(2, 3);
        assertThat(asked().getServes()).isFalse();
        commitIndex = 6;
        passesWithWord();
        assertThat(standing.trouble()).isNull();
        hear(2, 3);
        assertThat(asked().getServes()).isTrue();
    }

    @Test
    void followerAsksItsLeaderOverBothWaysAsSoonAsItKnowsIt() {
        leaderIs(2);
        assertThat(transport.asked).allSatisfy(asked -> assertThat(asked.to()).isEqualTo(2));
        assertThat(transport.asked(RequestCase.LEADER)).hasSize(1);
        assertThat(transport.asked(RequestCase.SUBMIT)).hasSize(1);
        leaderIs(3);
        assertThat(transport.asked).hasSize(4);
        assertThat(transport.asked.subList(2, 4))
                .allSatisfy(asked -> assertThat(asked.to()).isEqualTo(3));
    }

    @Test
    void followerServesOnceItHasAppliedWhatIsCommittedAndItsCallsGetThrough() {
        leaderIs(2);
        assertThat(standing.trouble()).as("first of all it is behind").contains("behind the leader, node 2");
        answerAll();
        links.applied().publish(new Applied(5, 3, 0, 0));
        passes(Duration.ofMillis(1));
        assertThat(standing.trouble()).isNull();
    }

    @Test
    void followerWhoseReadsAreNotConfirmedIsInTroubleThoughItKeepsUp() {
        roundsAreAnswered = false;
        leaderIs(2);
        links.applied().publish(new Applied(5, 3, 0, 0));
        for (int i = 0; i < 40; i++) {
            answerAll();
            passes(TIMEOUT.dividedBy(10));
        }
        assertThat(standing.trouble()).startsWith("the leader, node 2, has not confirmed a read of this member");
        roundsAreAnswered = true;
        passes(TIMEOUT.dividedBy(10));
        assertThat(standing.trouble()).isNull();
    }

    @Test
    void leadershipIsGrantedToListenersOnlyWhileAMajorityIsHeardOf() {
        var told = new ArrayList<String>();
        events.addListener(new ReplicaListener() {
            @Override
            public void leadershipGranted(long term) {
                told.add("granted " + term);
            }

            @Override
            public void leadershipRevoked(long term) {
                told.add("revoked " + term);
            }
        });
        leaderIs(1);
        leadership.becomeReady(3, () -> 0);
        leadership.office().look();
        host.settle();
        assertThat(told).isEmpty();
        hear(3, 3);
        leadership.office().look();
        host.settle();
        assertThat(told).containsExactly("granted 3");
        clock.advanceMillis(TIMEOUT.toMillis() + 1);
        leadership.office().look();
        host.settle();
        assertThat(told).containsExactly("granted 3", "revoked 3");
    }
}
