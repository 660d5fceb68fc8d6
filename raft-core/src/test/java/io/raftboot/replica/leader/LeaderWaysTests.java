package io.raftboot.replica.leader;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.SoftState;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestLinks;
import io.raftboot.replica.proto.Request;
import io.raftboot.transport.Transport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stepped by hand: member 1, and whoever it takes for the leader. */
class LeaderWaysTests {
    private static final long TIMEOUT_MILLIS = 1000;

    private final FakeClock clock = new FakeClock(0);
    private final Leadership leadership =
            new Leadership(1, new AgreedTime(clock), new ReplicaEvents(ThreadedHost.SYSTEM, "events"));
    private final List<Request> requests = new ArrayList<>();
    private final StubRounds rounds = new StubRounds();
    private boolean answers = true;
    private boolean leaderServes = true;

    private final LeaderWays ways =
            new LeaderWays(TestLinks.of(clock, TIMEOUT_MILLIS), transport(), leadership, rounds, () -> leaderServes);

    private final class StubRounds implements LeaderWays.Rounds {
        private boolean confirms = true;
        private int asked;
        private @Nullable Long answeredNanos;

        @Override
        public void ask() {
            asked++;
            if (confirms) {
                answeredNanos = clock.nanoTime();
            }
        }

        @Override
        public @Nullable Long answeredNanos() {
            return answeredNanos;
        }
    }

    private Transport transport() {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    requests.add(Request.parseFrom((ByteString) arguments[1]));
                    return answers
                            ? CompletableFuture.completedFuture(ByteString.EMPTY)
                            : CompletableFuture.failedFuture(new TimeoutException("no answer on purpose"));
                });
    }

    private void leaderIs(long id) {
        leadership.update(new SoftState(id, id == 1 ? RaftRole.LEADER : RaftRole.FOLLOWER), 3);
        ways.leaderChanged();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 100) {
            clock.advanceMillis(100);
            ways.tick();
        }
    }

    @Test
    void bothWaysAreTriedOnceInAnElectionTimeoutWithCommandsThatAreNone() {
        leaderIs(2);
        pass(5000);
        assertThat(ways.trouble()).isNull();
        assertThat(requests).hasSizeBetween(5, 10).allSatisfy(request -> {
            assertThat(request.hasSubmit()).isTrue();
            assertThat(request.getSubmit().getCommandsCount()).isZero();
        });
    }

    @Test
    void requestsThatAreNotAnsweredAreTroubleThoughNobodyCalls() {
        leaderIs(2);
        pass(1000);
        answers = false;
        pass(5000);
        assertThat(ways.trouble())
                .startsWith("the leader, node 2, has not answered a request for commands of this member for")
                .endsWith("no answer on purpose");
        answers = true;
        pass(300);
        assertThat(ways.trouble()).isNull();
    }

    @Test
    void readsThatAreNotConfirmedAreTroubleThoughNobodyReads() {
        leaderIs(2);
        pass(1000);
        rounds.confirms = false;
        pass(5000);
        assertThat(ways.trouble()).startsWith("the leader, node 2, has not confirmed a read of this member for");
        rounds.confirms = true;
        pass(300);
        assertThat(ways.trouble()).isNull();
    }

    /** It keeps what it is asked until it has committed, however long that takes. */
    @Test
    void leaderThatDoesNotServeIsNotAskedToConfirmReads() {
        leaderServes = false;
        leaderIs(2);
        pass(60_000);
        assertThat(rounds.asked).isZero();
        assertThat(ways.trouble()).contains("has not confirmed a read");
    }

    @Test
    void commandsThatGoUnansweredInARowAreTroubleUntilOneIsAnsweredOrTheyAreLongAgo() {
        leaderIs(2);
        for (int i = 0; i < 4; i++) {
            pass(1000);
            ways.forwardedInVain(new TimeoutException("too large for the way"));
        }
        pass(100);
        assertThat(ways.trouble()).contains("left 4 requests", "too large for the way");
        ways.forwarded();
        assertThat(ways.trouble()).isNull();
        for (int i = 0; i < 4; i++) {
            pass(1000);
            ways.forwardedInVain(null);
        }
        pass(LeaderWays.REMEMBERED_ELECTION_TIMEOUTS * TIMEOUT_MILLIS + 200);
        assertThat(ways.trouble()).isNull();
    }

    @Test
    void fewOrManyAtOnceSayNothing() {
        leaderIs(2);
        for (int i = 0; i < 50; i++) {
            ways.forwardedInVain(null);
        }
        pass(100);
        assertThat(ways.trouble()).isNull();
    }

    /** As when a connection breaks with several under way, and whoever called has nothing more to say. */
    @Test
    void requestsThatEndTogetherSayNothingHoweverLongNobodyCallsAfterwards() {
        leaderIs(2);
        pass(1000);
        for (int i = 0; i < 50; i++) {
            ways.forwardedInVain(null);
        }
        for (int i = 0; i <= LeaderWays.REMEMBERED_ELECTION_TIMEOUTS * 10; i++) {
            pass(TIMEOUT_MILLIS / 10);
            assertThat(ways.trouble()).isNull();
        }
    }

    @Test
    void memberThatLeadsOrKnowsNoLeaderHasNoWay() {
        answers = false;
        leaderIs(1);
        pass(5000);
        assertThat(ways.trouble()).isNull();
        assertThat(requests).isEmpty();
        leaderIs(0);
        pass(5000);
        assertThat(ways.trouble()).isNull();
    }
}
