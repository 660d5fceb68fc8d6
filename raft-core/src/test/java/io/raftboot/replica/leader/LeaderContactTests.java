package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.duty.Applied;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.proto.LeaderAnswer;
import io.raftboot.replica.proto.LeaderInquiry;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.Transport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Stepped by hand: member 1, and whoever it takes for the leader. */
class LeaderContactTests {
    private static final long TIMEOUT_MILLIS = 1000;

    private final FakeClock clock = new FakeClock(0);
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
    private final List<Request> requests = new ArrayList<>();
    private final List<CompletableFuture<ByteString>> answers = new ArrayList<>();
    private boolean majority = true;
    private final Links links = TestLinks.of(clock, TIMEOUT_MILLIS);
    private final List<RemovalNotice> removals = new ArrayList<>();

    private final LeaderContact contact = new LeaderContact(
            links,
            transport(),
            leadership,
            term -> majority,
            new GroupLog() {
                @Override
                public long lastIndex() {
                    return 77;
                }

                @Override
                public long commitIndex() {
                    return 77;
                }
            },
            removals::add);

    private void applied(long index) {
        links.applied().publish(new Applied(index, 1, 0, 0));
    }

    private Transport transport() {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    requests.add(Request.parseFrom((ByteString) arguments[1]));
                    var answer = new CompletableFuture<ByteString>();
                    answers.add(answer);
                    return answer;
                });
    }

    private void leaderIs(long id) {
        leadership.update(new SoftState(id, id == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER), 3);
        contact.leaderChanged();
    }

    private void answer(long commitIndex) {
        answers.get(answers.size() - 1)
                .complete(Response.newBuilder()
                        .setLeader(LeaderAnswer.newBuilder().setServes(true).setCommitIndex(commitIndex))
                        .build()
                        .toByteString());
    }

    private void pass(long millis) {
        clock.advanceMillis(millis);
        contact.tick();
    }

    @Test
    void memberServesOnceItHasAppliedWhatTheLeaderSaidIsCommitted() {
        applied(3);
        leaderIs(2);
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).getLeader().getAppliedIndex()).isEqualTo(3);
        assertThat(contact.trouble()).contains("behind the leader, node 2, since its start");
        answer(10);
        assertThat(contact.trouble()).contains("up to 3", "up to 10");
        applied(10);
        contact.tick();
        assertThat(contact.trouble()).isNull();
    }

    @Test
    void memberThatHasAppliedItsRemovalAsksAtEachTickUntilItIsToldToGo() {
        leaderIs(2);
        answer(0);
        pass(50);
        assertThat(requests).hasSize(1);
        links.inForce()
                .update(new AppliedConfiguration(
                        9, ConfState.newBuilder().addVoters(2).addVoters(3).build()));
        pass(50);
        assertThat(requests).hasSize(2);
        pass(50);
        assertThat(requests).as("one is under way").hasSize(2);
        answer(0);
        pass(50);
        assertThat(requests).hasSize(3);
        var notice = RemovalNotice.newBuilder().setIncarnation(5).build();
        answers.get(2).complete(Response.newBuilder().setRemoved(notice).build().toByteString());
        assertThat(removals).containsExactly(notice);
    }

    @Test
    void memberThatFallsBehindSaysSoThoughItIsAnsweredAllTheTime() {
        leaderIs(2);
        answer(0);
        for (int i = 1; i <= 3; i++) {
            pass(TIMEOUT_MILLIS);
            answer(1000L * i);
        }
        assertThat(contact.trouble()).isNull();
        pass(TIMEOUT_MILLIS);
        assertThat(contact.trouble()).contains("behind the leader");
        // It counts as of the newest answer that it has applied, not the oldest that it has not.
        applied(3000);
        contact.tick();
        assertThat(contact.trouble()).isNull();
    }

    @Test
    void memberThatIsNotAnsweredSaysWhy() {
        leaderIs(2);
        answer(0);
        for (int i = 0; i < 4; i++) {
            pass(TIMEOUT_MILLIS);
            answers.get(answers.size() - 1).completeExceptionally(new TimeoutException("no answer"));
        }
        assertThat(contact.trouble()).contains("node 2, has not answered", "no answer");
    }

    @Test
    void lateAnswerOfAnEarlierLeaderSaysNothing() {
        leaderIs(2);
        var late = answers.get(0);
        leaderIs(3);
        assertThat(requests).hasSize(2);
        late.complete(Response.newBuilder()
                .setLeader(LeaderAnswer.newBuilder().setServes(true))
                .build()
                .toByteString());
        assertThat(contact.trouble()).isNotNull();
        answer(0);
        assertThat(contact.trouble()).isNull();
    }

    @Test
    void leaderAnswersWhileAMajorityIsBehindItAndKnowsHowFarOthersAre() throws Exception {
        leadership.update(new SoftState(1, RaftRole.LEADER), 3);
        leadership.becomeReady(3, () -> 0);
        assertThat(asked(2, 41).getCommitIndex()).isEqualTo(77);
        assertThat(contact.hasApplied(2, 41)).isTrue();
        contact.tick();
        assertThat(contact.leaderCommitIndex()).isEqualTo(77);
        assertThat(contact.anyHasApplied(42)).isFalse();
        assertThat(contact.trouble()).isNull();
        majority = false;
        assertThat(asked(2, 41).getServes()).isFalse();
        assertThat(contact.trouble()).contains("has not heard of a majority");
        clock.advanceMillis(4 * TIMEOUT_MILLIS);
        assertThat(contact.hasApplied(2, 41)).isFalse();
    }

    private LeaderAnswer asked(long from, long appliedIndex) throws Exception {
        var response = new CompletableFuture<ByteString>();
        contact.asked(
                from, LeaderInquiry.newBuilder().setAppliedIndex(appliedIndex).build(), response);
        return Response.parseFrom(response.get()).getLeader();
    }
}
