package io.raftboot.replica.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Completions;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.replica.FakeClock;
import io.raftboot.replica.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Stepped by hand. */
class DeadlineKeeperTests {
    private static final long ROUND_MILLIS = 10;

    private final FakeClock clock = new FakeClock(0);
    private final StageWatch watch = new StageWatch(clock);
    private final AgentHost host = new ThreadedHost(clock);
    private final Completions completions = new Completions(host, "late");
    private final DeadlineKeeper keeper = new DeadlineKeeper(
            host, "keeper", Duration.ofMillis(ROUND_MILLIS), watch, completions, () -> {}, failure -> {
                throw new AssertionError(failure);
            });

    private CompletableFuture<String> call(long millis) {
        var future = new CompletableFuture<String>();
        keeper.add(new TimedFuture<>(
                future, clock.nanoTime() + millis * 1_000_000, hint -> "late" + hint, why -> "stopped: " + why));
        return future;
    }

    private void round(long millis) {
        clock.advanceMillis(millis);
        keeper.round();
    }

    private static void assertEnds(CompletableFuture<String> call, String with) {
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(call).isCompletedWithValue(with));
    }

    @Test
    void callIsEndedWhenItsOwnerHasHadItsGrace() {
        var call = call(100);
        round(100);
        round(ROUND_MILLIS);
        assertThat(call).isNotDone();
        round(ROUND_MILLIS);
        assertEnds(call, "late");
    }

    @Test
    void callThatItsOwnerHasEndedIsLeftAlone() {
        var call = call(100);
        keeper.round();
        call.complete("in time");
        round(1000);
        assertThat(call).isCompletedWithValue("in time");
    }

    @Test
    void endOfACallSaysWhatHangs() {
        var activity = new AgentActivity();
        watch.watch("stage", activity, 50_000_000, () -> "the stage has been at it");
        activity.begin();
        keeper.round();
        var call = call(100);
        round(120);
        assertEnds(call, "late; the stage has been at it for 120 ms");
    }

    @Test
    void stageThatHangsAndGoesOnIsToldOnceEach() {
        var told = new ArrayList<String>();
        watch.tell((stage, severity, text) -> told.add(severity == EventSeverity.INFO ? text : stage + ": " + text));
        var activity = new AgentActivity();
        watch.watch("stage", activity, 50_000_000, () -> "the stage has been at it");
        activity.begin();
        keeper.round();
        for (int i = 0; i < 3; i++) {
            round(60);
            watch.report();
        }
        activity.end();
        keeper.round();
        watch.report();
        assertThat(told)
                .containsExactly(
                        "stage: the stage has been at it for 60 ms; calls that wait for it end when their time is up",
                        "the stage goes on");
    }

    @Test
    void callThatNobodyAnsweredIsToldThatTheMemberHasStopped() {
        var call = call(100);
        keeper.stop();
        keeper.end("it was stopped");
        assertEnds(call, "stopped: it was stopped");
    }

    @Test
    void whatIsAttachedAndBlocksHoldsUpNoOtherCall() {
        var release = new CountDownLatch(1);
        try {
            for (int i = 0; i < Completions.MAX_WORKERS - 1; i++) {
                var unused = call(0).thenRun(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            var free = call(0);
            clock.advanceMillis(100);
            await().atMost(TestCluster.PATIENCE).until(() -> {
                keeper.round();
                return free.isDone();
            });
        } finally {
            release.countDown();
        }
    }

    @Test
    void stageThatComesOnDoesNotHang() {
        var activity = new AgentActivity();
        watch.watch("stage", activity, 50_000_000, () -> "the stage has been at it");
        activity.begin();
        keeper.round();
        clock.advanceMillis(40);
        activity.next();
        keeper.round();
        round(40);
        assertThat(watch.hangs()).isEmpty();
        round(20);
        assertThat(watch.hangs()).singleElement().satisfies(hang -> assertThat(watch.millis(hang))
                .isEqualTo(60));
        activity.end();
        keeper.round();
        assertThat(watch.hangs()).isEmpty();
        round(1000);
        assertThat(watch.hangs()).isEmpty();
    }
}
