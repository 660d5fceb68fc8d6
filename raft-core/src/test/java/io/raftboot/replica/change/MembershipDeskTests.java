package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.SteppedStages;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.proto.MemberState;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What member 1, the leader of three, says of the others, whom the test plays. */
class MembershipDeskTests {
    private static final MembershipRequest VIEW =
            MembershipRequest.newBuilder().setView(true).build();

    private final Map<Long, Long> heard = new HashMap<>();
    private final SteppedStages stages = new SteppedStages(3);
    private final MemberHealth health = new MemberHealth(stages.links, stages.node, new Seat());
    private final MembershipDesk desk = desk();

    MembershipDeskTests() throws Exception {}

    private MembershipDesk desk() {
        var seat = new Seat();
        var joiners = new Joiners(stages.links.self());
        var conditions = new StepConditions(health, joiners, Duration.ZERO, Set.of());
        GroupCommands group = command -> new CompletableFuture<>();
        var driver = new ChangeDriver(stages.links, stages.node, stages.system, seat, health, conditions, group);
        var report = new MembershipReport(stages.links, stages.system, seat, health, joiners, driver, null);
        var support = new ChangeSupport(stages.links.inForce(), stages.system);
        return new MembershipDesk(stages.links, stages.system, seat, joiners, report, group, support);
    }

    @AfterEach
    void close() throws Exception {
        stages.close();
    }

    private final class Seat implements LeaderSeat {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public @Nullable Long heardNanos(long id) {
            return heard.get(id);
        }

        @Override
        public boolean isDiskLow(long id) {
            return false;
        }

        @Override
        public void handOver(LongPredicate fit, CompletableFuture<TransferOutcome> outcome) {
            throw new AssertionError("nothing is handed over");
        }

        @Override
        public void transfer(@Nullable Long target, CompletableFuture<TransferOutcome> outcome) {
            throw new AssertionError("nothing is handed over");
        }
    }

    private MembershipAnswer view() {
        var answers = new ArrayList<MembershipAnswer>();
        desk.answer(VIEW, answers::add);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private void assertNotYet() {
        assertThat(view()).isEqualTo(MembershipAnswer.getDefaultInstance());
    }

    private void hear(long... ids) {
        for (long id : ids) {
            heard.put(id, stages.clock.nanoTime());
        }
    }

    private void tick(long... alive) {
        hear(alive);
        health.tick(stages.clock.nanoTime());
    }

    private void assertHealthy(int failureTolerance, Long... ids) {
        var state = view().getState();
        assertThat(state.getMembersList().stream().filter(MemberState::getHealthy))
                .extracting(member -> member.getMember().getId())
                .containsExactly(ids);
        assertThat(state.getFailureTolerance()).isEqualTo(failureTolerance);
    }

    @Test
    void leaderThatHasNotLookedYetSaysOfNobodyThatHeIsAway() throws Exception {
        stages.lead();
        hear(2, 3);
        assertNotYet();
        tick();
        assertHealthy(1, 1L, 2L, 3L);
    }

    @Test
    void newLeaderWaitsAMomentForTheFirstWordOfEach() throws Exception {
        stages.lead();
        tick(2);
        assertNotYet();
        stages.clock.advanceMillis(100);
        tick(2);
        assertNotYet();
        tick(2, 3);
        assertHealthy(1, 1L, 2L, 3L);
    }

    @Test
    void newLeaderDoesNotWaitLongForOneThatIsAway() throws Exception {
        stages.lead();
        tick(2);
        stages.clock.advanceMillis(300);
        tick(2);
        assertHealthy(0, 1L, 2L);
    }

    @Test
    void standstillOfTheLeaderIsNotTheOthersSilence() throws Exception {
        stages.lead();
        tick(2, 3);
        stages.clock.advanceMillis(5_000);
        health.paused(stages.clock.nanoTime());
        tick();
        assertNotYet();
        stages.clock.advanceMillis(100);
        tick(2);
        assertNotYet();
        tick(2, 3);
        assertHealthy(1, 1L, 2L, 3L);
    }

    @Test
    void whoWasAwayBeforeTheStandstillIsNotWaitedForAndWhoIsSilentAfterItNotForLong() throws Exception {
        stages.lead();
        tick(2, 3);
        stages.clock.advanceMillis(2_000);
        tick(2);
        assertHealthy(0, 1L, 2L);
        stages.clock.advanceMillis(5_000);
        health.paused(stages.clock.nanoTime());
        tick(2);
        assertHealthy(0, 1L, 2L);

        stages.clock.advanceMillis(5_000);
        health.paused(stages.clock.nanoTime());
        tick(3);
        assertNotYet();
        stages.clock.advanceMillis(1_000);
        tick(3);
        assertHealthy(0, 1L, 3L);
    }
}
