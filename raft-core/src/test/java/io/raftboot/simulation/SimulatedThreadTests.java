package io.raftboot.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Hosted;
import io.raftboot.agent.Inbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedThreadTests {
    private static final Duration LONG = Duration.ofDays(20_000);
    private static final long MILLI = 1_000_000;

    private Simulation simulation = new Simulation(1);
    private final List<String> done = new ArrayList<>();
    private SimulatedHost host = simulation.host("host", Pace.EXACT);

    @AfterEach
    void endWhatWaits() {
        simulation.close();
        assertThat(simulation.events().control().waiting()).isEmpty();
    }

    private static void unexpected(Throwable failure) {
        throw new AssertionError(failure);
    }

    private void run(int millis) {
        simulation.events().runFor(Duration.ofMillis(millis));
    }

    private void note(String what) {
        done.add(simulation.events().nowNanos() / MILLI + " " + what);
    }

    /** Waits, and notes how that ended. */
    private void awaitAndNote(CompletableFuture<String> future, Duration patience) {
        try {
            note("has " + host.await(future, patience));
        } catch (InterruptedException | TimeoutException e) {
            note(e.getClass().getSimpleName());
        } catch (ExecutionException e) {
            note("failed: " + String.valueOf(e.getMessage()));
        }
    }

    @Test
    void sleepTakesTimeInTheMidstOfAStepWhileOthersGoOn() {
        host.start("slow", () -> {
            note("begins");
            host.sleep(5 * MILLI);
            note("ends");
        });
        host.after(2 * MILLI, "other", () -> note("other"));
        run(10);

        assertThat(done).containsExactly("0 begins", "2 other", "5 ends");
    }

    @Test
    void whatWaitsGoesOnInALaterRun() {
        host.start("slow", () -> {
            host.sleep(5 * MILLI);
            note("ends");
        });
        run(3);
        assertThat(done).isEmpty();

        assertThat(simulation.events().runUntil(() -> !done.isEmpty(), LONG)).isTrue();
        assertThat(done).containsExactly("5 ends");
    }

    @Test
    void futureEndsTheWaitWithWhatItHas() {
        var answered = new CompletableFuture<String>();
        var failed = new CompletableFuture<String>();
        host.start("one", () -> awaitAndNote(answered, LONG));
        host.start("two", () -> awaitAndNote(failed, LONG));
        host.after(3 * MILLI, "answer", () -> answered.complete("an answer"));
        host.after(4 * MILLI, "fail", () -> failed.completeExceptionally(new IllegalStateException("no answer")));
        run(10);

        assertThat(done).containsExactly("3 has an answer", "4 failed: java.lang.IllegalStateException: no answer");
    }

    @Test
    void futureThatIsDoneIsNotWaitedForAndMayBeAskedFromOutside() throws Exception {
        assertThat(host.await(CompletableFuture.completedFuture("at once"), Duration.ZERO))
                .isEqualTo("at once");
    }

    @Test
    void waitIsOverInTimeByTheClockOfTheProcess() {
        host = simulation.host("fast", Pace.EXACT.withRate(2));
        host.start("one", () -> awaitAndNote(new CompletableFuture<>(), Duration.ofMillis(10)));
        run(20);

        assertThat(done).containsExactly("5 TimeoutException");
    }

    @Test
    void manyWaitAtOnceAndEndInTheOrderOfTheirTimes() {
        for (int i = 9; i >= 0; i--) {
            int number = i;
            host.start("task", () -> {
                host.sleep(number * MILLI);
                note("first");
                host.sleep(100 * MILLI);
                note("second");
            });
        }
        run(200);

        assertThat(done).hasSize(20).startsWith("0 first", "1 first", "2 first").endsWith("108 second", "109 second");
    }

    @Test
    void interruptEndsAWaitForAFutureAndNoSleep() {
        var threads = new ArrayList<Thread>();
        host.start("one", () -> {
            threads.add(Thread.currentThread());
            awaitAndNote(new CompletableFuture<>(), LONG);
            note("flag " + Thread.currentThread().isInterrupted());
        });
        host.start("two", () -> {
            threads.add(Thread.currentThread());
            host.sleep(5 * MILLI);
            note("flag " + Thread.currentThread().isInterrupted());
            awaitAndNote(new CompletableFuture<>(), LONG);
        });
        host.after(2 * MILLI, "interrupt", () -> threads.forEach(Thread::interrupt));
        run(10);

        assertThat(done)
                .containsExactly("2 InterruptedException", "2 flag false", "5 flag true", "5 InterruptedException");
    }

    @Test
    void interruptOfOneEventIsNotLeftToTheNext() {
        host.after(0, "one", () -> Thread.currentThread().interrupt());
        host.after(1, "two", () -> note("flag " + Thread.currentThread().isInterrupted()));
        run(1);

        assertThat(done).containsExactly("0 flag false");
    }

    @Test
    void processThatDiesEndsItsThreadsWhereTheyWaitAndNothingTheyDoHasAnEffect() {
        host.start("one", () -> {
            try {
                host.sleep(5 * MILLI);
                note("goes on");
            } finally {
                note("ends");
                host.after(0, "effect", () -> note("effect"));
            }
        });
        host.start("two", () -> awaitAndNote(new CompletableFuture<>(), LONG));
        simulation.host("other", Pace.EXACT).after(2 * MILLI, "kill", host::crash);
        run(10);

        assertThat(done).containsExactly("2 ends");
        assertThat(simulation.events().control().waiting()).isEmpty();
    }

    @Test
    void processThatDiesInTheMidstOfItsOwnStepEndsThere() {
        host.start("other", () -> awaitAndNote(new CompletableFuture<>(), LONG));
        host.whenDead(() -> note("dead"));
        host.start("one", () -> {
            host.crash();
            note("goes on until it asks");
            host.sleep(1);
            note("goes on");
        });
        run(10);

        assertThat(done).containsExactly("0 dead", "0 goes on until it asks");
        assertThat(host.isCrashed()).isTrue();
    }

    /** As the network, which brings a file and takes the time of the other one's disk once it holds no monitor of that one's. */
    @Test
    void whoIsAtTheDiskOfAProcessThatDiesGoesOn() {
        var bringer = simulation.host("bringer", Pace.EXACT);
        var worker = bringer.worker("worker", 1, 3, SimulatedThreadTests::unexpected);
        var monitor = new Object();
        worker.execute(() -> {
            synchronized (monitor) {
                host.takeDiskTime(() -> host.sleep(5 * MILLI));
            }
        });
        worker.execute(() -> note("goes on"));
        bringer.after(2 * MILLI, "kill", host::crash);
        run(10);

        assertThat(done).containsExactly("2 goes on");
        assertThat(bringer.isCrashed()).isFalse();
    }

    @Test
    void processThatStandsStillGoesOnInTheMidstOfItsStepAndItsOthersStandTheSameTime() {
        host.start("one", () -> {
            host.standStill(5 * MILLI);
            note("goes on");
        });
        host.after(2 * MILLI, "two", () -> note("other"));
        simulation.host("host 2", Pace.EXACT).after(2 * MILLI, "three", () -> note("elsewhere"));
        run(10);

        assertThat(done).containsExactly("2 elsewhere", "5 goes on", "5 other");
    }

    @Test
    void whatIsThrownBehindAWaitIsThrownByTheRunThatIsUnderWayThen() {
        simulation
                .events()
                .after(
                        0,
                        () -> host.run(() -> {
                            host.sleep(5 * MILLI);
                            throw new IllegalStateException("late");
                        }));
        run(2);

        assertThatThrownBy(() -> run(10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("late");
        host.after(0, "more", () -> note("more"));
        run(1);
        assertThat(done).containsExactly("5 more");
    }

    @Test
    void nobodyOutsideTheEventsCanWait() {
        assertThatThrownBy(() -> host.sleep(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SimulatedHost.after");
        host.after(0, "nested", () -> run(1));
        assertThatThrownBy(() -> run(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("runs");
    }

    @Test
    void threadThatWaitsForRealIsNamedWithWhatItWaitsFor() {
        var monitor = new Object();
        host.start("holder", () -> {
            synchronized (monitor) {
                host.sleep(5 * MILLI);
            }
        });
        host.after(1, "waiter", () -> {
            synchronized (monitor) {
                note("never");
            }
        });

        assertThatThrownBy(() -> run(10))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("stuck")
                .hasMessageContaining("while this one stands at");
        simulation = new Simulation(1);
    }

    @Test
    void carrierIsNotSteppedWhileItWaitsInTheMidstOfAStepAndOnceMoreIfItWasWokenThen() throws Exception {
        var slow = new Sleeper(said -> {
            note(said + " begins");
            host.sleep(5 * MILLI);
            note(said + " ends");
        });
        var quick = new Sleeper(said -> note(said));
        var carrier = host.carry("slow", List.of(slow), SimulatedThreadTests::unexpected);
        carrier.start();
        host.carry("quick", List.of(quick), SimulatedThreadTests::unexpected).start();
        slow.inbox.put("a");
        host.after(MILLI, "put", () -> slow.inbox.put("b"));
        host.after(2 * MILLI, "put", () -> quick.inbox.put("quick"));
        run(20);

        assertThat(done).containsExactly("0 a begins", "2 quick", "5 a ends", "5 b begins", "10 b ends");
    }

    @Test
    void carrierThatFindsNothingAndIsWokenBeforeItsStepIsOverLooksOnceMore() {
        var agent = new Sleeper(this::note);
        agent.pause = () -> host.sleep(5 * MILLI);
        host.carry("slow", List.of(agent), SimulatedThreadTests::unexpected).start();
        host.after(MILLI, "put", () -> agent.inbox.put("a"));
        run(20);

        assertThat(done).containsExactly("5 a");
    }

    @Test
    void endOfACarrierIsWaitedForAndNotByItself() {
        var carriers = new ArrayList<Carrier>();
        var slow = new Sleeper(said -> {
            host.sleep(5 * MILLI);
            noteEnd(carriers.get(0), "own");
        });
        carriers.add(host.carry("slow", List.of(slow), SimulatedThreadTests::unexpected));
        carriers.get(0).start();
        slow.inbox.put("a");
        host.after(MILLI, "short", () -> noteEnd(carriers.get(0), "short"));
        host.after(2 * MILLI, "long", () -> noteEnd(carriers.get(0), "long"));
        run(20);

        assertThat(done).containsExactly("3 short false", "5 own true", "5 long true");
    }

    private void noteEnd(Hosted hosted, String who) {
        try {
            boolean ended = hosted.awaitEnd(Duration.ofMillis(who.equals("short") ? 2 : 10));
            note(who + " " + ended);
        } catch (InterruptedException e) {
            note(who + " interrupted");
        }
    }

    @Test
    void workerGoesOnWithOtherThreadsBesideATaskThatWaits() {
        var worker = host.worker("worker", 2, 3, SimulatedThreadTests::unexpected);
        for (int i = 0; i < 4; i++) {
            worker.execute(() -> {
                host.sleep(5 * MILLI);
                note("done");
            });
        }
        host.after(MILLI, "end", () -> noteEnd(worker, "end"));
        run(20);

        assertThat(done).containsExactly("5 done", "5 done", "10 done", "10 done", "10 end true");
    }

    @Test
    void timerRingsOneAfterTheOther() {
        var timer = host.timer("timer", SimulatedThreadTests::unexpected);
        timer.after(Duration.ofMillis(1), () -> {
            host.sleep(5 * MILLI);
            note("first");
        });
        timer.after(Duration.ofMillis(2), () -> note("second"));
        timer.after(Duration.ofMillis(8), () -> {
            awaitAndNote(new CompletableFuture<>(), LONG);
        });
        host.after(9 * MILLI, "stop", timer::stop);
        run(20);

        assertThat(done).containsExactly("6 first", "6 second", "9 InterruptedException");
    }

    @Test
    void sameSeedGivesTheSameTraceHoweverTheThreadsCome() {
        assertThat(mix(7)).isEqualTo(mix(7)).isNotEqualTo(mix(8));
    }

    /** Twenty tasks that wait and kill each other's processes. */
    private String mix(long seed) {
        try (var mixed = new Simulation(seed)) {
            var random = mixed.random();
            for (int i = 0; i < 20; i++) {
                var process = mixed.host("p" + i, Pace.EXACT.withTurnNanos(1_000));
                for (int j = 0; j < 3; j++) {
                    process.start("task", () -> {
                        while (random.nextInt(200) > 0) {
                            process.sleep(random.nextLong(MILLI));
                        }
                        process.crash();
                    });
                }
            }
            mixed.events().runFor(Duration.ofSeconds(1));
            return mixed.trace().hash();
        }
    }

    /** Does with each thing that it is given what it was made for. */
    private static final class Sleeper implements Agent {
        private final Inbox<String> inbox = new Inbox<>();
        private final AgentActivity activity = new AgentActivity();
        private final Consumer<String> work;

        /** What it does when there is nothing to be done. */
        private Runnable pause = () -> {};

        Sleeper(Consumer<String> work) {
            this.work = work;
        }

        @Override
        public int doWork() {
            var next = inbox.poll();
            if (next == null) {
                pause.run();
                return 0;
            }
            work.accept(next);
            return 1;
        }

        @Override
        public void wakeWith(Runnable waker) {
            inbox.wakeWith(waker);
        }

        @Override
        public String name() {
            return "sleeper";
        }

        @Override
        public AgentActivity activity() {
            return activity;
        }
    }
}
