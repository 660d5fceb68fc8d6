package io.raftboot.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who completes futures for those that must not be held up; its threads run when the test says so. */
class CompletionsTests {
    private final SteppedHost host = new SteppedHost(Clock.SYSTEM, 1);
    private final Completions completions = new Completions(host, "late");
    private final List<String> done = new ArrayList<>();

    private sealed interface Answer {
        record Own() implements Answer {}

        record Other() implements Answer {}
    }

    @Test
    void oneThreadDoesAllThatHasComeInItsOrderAndEnds() {
        assertThat(host.step()).as("threads while there is nothing to do").isZero();
        completions.execute(() -> done.add("first"));
        completions.execute(() -> done.add("second"));
        assertThat(done).as("by the thread that asks for it").isEmpty();
        assertThat(host.step()).as("threads").isEqualTo(1);
        assertThat(done).containsExactly("first", "second");
        completions.execute(() -> done.add("third"));
        assertThat(host.step()).as("threads").isEqualTo(1);
        assertThat(done).hasSize(3);
    }

    @Test
    void taskThatFailsKeepsNoOtherFromItsTurn() {
        completions.execute(() -> {
            throw new StackOverflowError();
        });
        completions.execute(() -> done.add("next"));
        host.step();
        assertThat(done).containsExactly("next");
    }

    @Test
    void helpComesAtEachLookAtWhichNothingWasTakenSinceTheLast() {
        completions.execute(() -> done.add("held up"));
        for (int i = 0; i < 2 * Completions.MAX_WORKERS; i++) {
            completions.look();
        }
        assertThat(host.step()).as("threads").isEqualTo(Completions.MAX_WORKERS);
        assertThat(done).containsExactly("held up");
    }

    @Test
    void noHelpComesWhereTheThreadComesOn() {
        completions.execute(() -> {
            completions.execute(() -> done.add("second"));
            // Something was taken since the last look, and something waits.
            completions.look();
        });
        assertThat(host.step()).as("threads").isEqualTo(1);
        assertThat(done).containsExactly("second");
        completions.look();
        assertThat(host.step()).as("threads").isZero();
    }

    @Test
    void whatFoundNoThreadIsDoneWhenThereIsOne() {
        host.refuseThreads(true);
        completions.execute(() -> done.add("late"));
        completions.look();
        assertThat(host.step()).isZero();
        host.refuseThreads(false);
        completions.look();
        host.step();
        assertThat(done).containsExactly("late");
    }

    @Test
    void whatNeverFoundAThreadIsDoneAtTheEnd() {
        host.refuseThreads(true);
        completions.execute(() -> done.add("last"));
        completions.finish();
        assertThat(done).containsExactly("last");
    }

    @Test
    void whatAThreadIsAtIsLeftToItAtTheEnd() {
        completions.execute(() -> done.add("its own"));
        completions.finish();
        assertThat(done).isEmpty();
        host.step();
        assertThat(done).containsExactly("its own");
    }

    @Test
    void outcomeOfTheOwnKindReachesTheCallerAtOnceAndAnyOtherByAThreadOfItsOwn() {
        var own = new CompletableFuture<Answer>();
        var other = new CompletableFuture<Answer>();
        var failed = new CompletableFuture<Answer>();
        var seenOwn = completions.handOn(own, Answer.Own.class);
        var seenOther = completions.handOn(other, Answer.Own.class);
        var seenFailed = completions.handOn(failed, Answer.Own.class);
        own.complete(new Answer.Own());
        other.complete(new Answer.Other());
        failed.completeExceptionally(new IOException("lost"));
        assertThat(seenOwn).isCompletedWithValue(new Answer.Own());
        assertThat(seenOther).isNotDone();
        assertThat(seenFailed).isNotDone();
        host.settle();
        assertThat(seenOther).isCompletedWithValue(new Answer.Other());
        assertThat(seenFailed).isCompletedExceptionally();
    }

    @Test
    void callThatHasEndedIsGivenBackAsItIs() {
        var call = CompletableFuture.<Answer>completedFuture(new Answer.Other());
        assertThat(completions.handOn(call, Answer.Own.class)).isSameAs(call);
    }

    @Test
    void whoeverEndsACallCompletesItOnceNothingIsHandedOnAnyMore() {
        var call = new CompletableFuture<Answer>();
        var seen = completions.handOn(call, Answer.Own.class);
        completions.handOnNothing();
        call.complete(new Answer.Other());
        assertThat(seen).isCompletedWithValue(new Answer.Other());
        assertThat(host.step()).as("threads").isZero();
    }
}
