package io.raftboot.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.api.ThreadFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents, work and alarms on threads. */
@Timeout(60)
class ThreadedHostTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AgentHost host = new ThreadedHost(Clock.SYSTEM);
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    /** An agent that does what is put into its inbox. */
    private static class Doing implements Agent {
        final Inbox<Runnable> inbox = new Inbox<>();
        private final AgentActivity activity = new AgentActivity();

        @Override
        public int doWork() throws Exception {
            var task = inbox.poll();
            if (task == null) {
                return 0;
            }
            task.run();
            return 1;
        }

        @Override
        public void wakeWith(Runnable waker) {
            inbox.wakeWith(waker);
        }

        @Override
        public String name() {
            return "doing";
        }

        @Override
        public AgentActivity activity() {
            return activity;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void end(Hosted hosted) throws InterruptedException {
        hosted.stop();
        assertThat(hosted.awaitEnd(LONG)).isTrue();
        // The last of them may be on its way out.
        Awaitility.await().atMost(LONG).until(() -> hosted.threads().isEmpty());
    }

    // The carrier

    @Test
    void carrierRestsWhileThereIsNothingToDoAndIsWokenByWhatIsPut() throws Exception {
        var agent = new Doing();
        var carrier = host.carry("carrier", List.of(agent), failures::add);
        assertThat(carrier.threads()).as("before it is started").isEmpty();
        carrier.start();
        var thread = carrier.threads().iterator().next();
        assertThat(thread.getName()).isEqualTo("carrier");
        assertThat(thread.isDaemon()).isTrue();
        for (int i = 0; i < 3; i++) {
            Awaitility.await().atMost(LONG).until(() -> thread.getState() == Thread.State.WAITING);
            var done = new CompletableFuture<Boolean>();
            agent.inbox.put(() -> done.complete(AgentThread.isCurrent()));
            assertThat(get(done)).isTrue();
        }
        assertThat(AgentThread.isCurrent()).isFalse();
        end(carrier);
        assertThat(failures).isEmpty();
    }

    @Test
    void carrierThatWasInterruptedRestsAsBefore() throws Exception {
        var agent = new Doing();
        var carrier = host.carry("carrier", List.of(agent), failures::add);
        carrier.start();
        var thread = carrier.threads().iterator().next();
        thread.interrupt();
        Awaitility.await()
                .atMost(LONG)
                .until(() -> thread.getState() == Thread.State.WAITING && !thread.isInterrupted());
        var done = new CompletableFuture<Boolean>();
        agent.inbox.put(() -> done.complete(true));
        assertThat(get(done)).isTrue();
        end(carrier);
    }

    @Test
    void carrierEndsBehindTheRoundItIsInAndLeavesTheRestWhereItIs() throws Exception {
        var agent = new Doing();
        var carrier = host.carry("carrier", List.of(agent), failures::add);
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        agent.inbox.put(() -> {
            begun.countDown();
            await(release);
        });
        agent.inbox.put(() -> failures.add(new AssertionError("done behind the stop")));
        carrier.start();
        await(begun);
        carrier.stop();
        assertThat(carrier.awaitEnd(SHORT)).as("it is still in its round").isFalse();
        assertThat(carrier.threads()).hasSize(1);
        release.countDown();
        assertThat(carrier.awaitEnd(LONG)).isTrue();
        assertThat(carrier.threads()).isEmpty();
        assertThat(failures).isEmpty();
        assertThat(agent.inbox.isEmpty()).isFalse();
    }

    @Test
    void agentThatWaitsForTheEndOfItsOwnCarrierDoesNotWait() throws Exception {
        var agent = new Doing();
        var carrier = host.carry("carrier", List.of(agent), failures::add);
        var ended = new CompletableFuture<Boolean>();
        agent.inbox.put(() -> {
            try {
                ended.complete(carrier.awaitEnd(LONG));
            } catch (InterruptedException e) {
                ended.completeExceptionally(e);
            }
        });
        carrier.start();
        assertThat(get(ended)).isTrue();
        end(carrier);
    }

    @Test
    void carrierGivesEachOfItsAgentsItsTurn() throws Exception {
        var turns = new CopyOnWriteArrayList<String>();
        var first = new Doing();
        var second = new Doing();
        var carrier = host.carry("carrier", List.of(first, second), failures::add);
        var done = new CountDownLatch(4);
        for (int i = 0; i < 2; i++) {
            first.inbox.put(() -> {
                turns.add("first");
                done.countDown();
            });
            second.inbox.put(() -> {
                turns.add("second");
                done.countDown();
            });
        }
        carrier.start();
        await(done);
        assertThat(turns).containsExactly("first", "second", "first", "second");
        end(carrier);
    }

    @Test
    void errorOfAnAgentIsToldByTheNameOfItsThreadWhichEnds() throws Exception {
        var agent = new Doing();
        var told = new CompletableFuture<Throwable>();
        var carrier = host.carry("raft-1-log", List.of(agent), told::complete);
        var error = new StackOverflowError();
        agent.inbox.put(() -> {
            throw error;
        });
        agent.inbox.put(() -> failures.add(new AssertionError("done behind the failure")));
        carrier.start();
        assertThat(get(told))
                .isInstanceOf(ThreadFailedException.class)
                .hasMessageContaining("raft-1-log")
                .hasCause(error);
        assertThat(carrier.awaitEnd(LONG)).isTrue();
        assertThat(failures).isEmpty();
    }

    @Test
    void exceptionOfAnAgentIsToldAsItIs() throws Exception {
        var failure = new IOException("the disk is gone");
        var agent = new Doing() {
            @Override
            public int doWork() throws Exception {
                throw failure;
            }
        };
        var told = new CompletableFuture<Throwable>();
        var carrier = host.carry("carrier", List.of(agent), told::complete);
        carrier.start();
        assertThat(get(told)).isSameAs(failure);
        assertThat(carrier.awaitEnd(LONG)).isTrue();
    }

    // The worker

    @Test
    void workerRejectsWhatIsTooMuchAndSaysSo() throws Exception {
        var worker = host.worker("reader", 1, 1, failures::add);
        assertThat(worker.threads()).as("without work").isEmpty();
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        worker.execute(() -> {
            begun.countDown();
            await(release);
        });
        await(begun);
        var waited = new CompletableFuture<String>();
        worker.execute(() -> waited.complete(Thread.currentThread().getName()));
        assertThatThrownBy(() -> worker.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("too much waits for reader already: 1");
        release.countDown();
        assertThat(get(waited)).isEqualTo("reader");
        end(worker);
    }

    @Test
    void workerThatIsStoppedDoesWhatWaitsAndRejectsWhatComes() throws Exception {
        var worker = host.worker("reader", 1, 10, failures::add);
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var done = new AtomicInteger();
        worker.execute(() -> {
            begun.countDown();
            await(release);
        });
        worker.execute(done::incrementAndGet);
        worker.execute(done::incrementAndGet);
        await(begun);
        worker.stop();
        assertThatThrownBy(() -> worker.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("the member is stopping");
        assertThat(worker.awaitEnd(SHORT)).isFalse();
        release.countDown();
        assertThat(worker.awaitEnd(LONG)).isTrue();
        assertThat(done).hasValue(2);
    }

    @Test
    void whatATaskOfAWorkerThrowsIsToldByTheNameOfItsThreadAndTheNextOneIsDone() throws Exception {
        var worker = host.worker("writer", 1, 10, failures::add);
        var failure = new IllegalStateException("a task");
        worker.execute(() -> {
            throw failure;
        });
        var next = new CompletableFuture<Boolean>();
        worker.execute(() -> next.complete(true));
        assertThat(get(next)).isTrue();
        assertThat(failures).singleElement().satisfies(told -> assertThat(told)
                .isInstanceOf(ThreadFailedException.class)
                .hasMessageContaining("writer")
                .hasCause(failure));
        end(worker);
    }

    @Test
    void threadsOfAWorkerAreNumberedFromTheSecondOn() throws Exception {
        var worker = host.worker("reader", 2, 10, failures::add);
        var both = new CountDownLatch(2);
        var names = new CopyOnWriteArrayList<String>();
        for (int i = 0; i < 2; i++) {
            worker.execute(() -> {
                names.add(Thread.currentThread().getName());
                both.countDown();
                await(both);
            });
        }
        await(both);
        assertThat(names).containsExactlyInAnyOrder("reader", "reader-2");
        end(worker);
    }

    // The timer

    @Test
    void timerRunsATaskAgainAndAgainThoughItThrows() throws Exception {
        var timer = host.timer("ticker", failures::add);
        var runs = new CountDownLatch(3);
        timer.every(SHORT, () -> {
            runs.countDown();
            throw new IllegalStateException("a tick");
        });
        await(runs);
        assertThat(failures).isNotEmpty().allSatisfy(told -> assertThat(told)
                .isInstanceOf(ThreadFailedException.class)
                .hasMessageContaining("ticker"));
        end(timer);
    }

    @Test
    void timerThatIsStoppedDropsWhatIsNotDueAndWhatComes() throws Exception {
        var timer = host.timer("ticker", failures::add);
        timer.after(Duration.ofDays(1), () -> failures.add(new AssertionError("run all the same")));
        timer.stop();
        timer.after(Duration.ZERO, () -> failures.add(new AssertionError("run behind the stop")));
        assertThat(timer.awaitEnd(LONG)).isTrue();
        assertThat(failures).isEmpty();
    }

    @Test
    void timerRunsATaskOnceWhenItsTimeHasCome() throws Exception {
        var timer = host.timer("ticker", failures::add);
        var first = new CompletableFuture<Set<Thread>>();
        var ownEnd = new CompletableFuture<Boolean>();
        timer.after(SHORT, () -> first.complete(timer.threads()));
        timer.after(SHORT, () -> {
            try {
                ownEnd.complete(timer.awaitEnd(LONG));
            } catch (InterruptedException e) {
                ownEnd.completeExceptionally(e);
            }
        });
        assertThat(get(first)).extracting(Thread::getName).containsExactly("ticker");
        assertThat(get(ownEnd)).as("on its own thread").isTrue();
        end(timer);
    }

    // The rest

    @Test
    void taskThatIsStartedHasADaemonOfItsName() throws Exception {
        var thread = new CompletableFuture<Thread>();
        host.start("late", () -> thread.complete(Thread.currentThread()));
        assertThat(get(thread).getName()).isEqualTo("late");
        assertThat(get(thread).isDaemon()).isTrue();
    }

    @Test
    void generatorsOfRandomNumbersAreOfTheirOwn() {
        var numbers = new ArrayList<Long>();
        for (int i = 0; i < 4; i++) {
            numbers.add(host.random().nextLong());
        }
        assertThat(numbers).doesNotHaveDuplicates();
    }

    @Test
    void failureThatCannotBeDealtWithEndsAtTheGuard() {
        var guard = new ThreadGuard(cause -> {
            throw new IllegalStateException("whoever is told", cause);
        });
        guard.guarded(() -> {
                    throw new IllegalStateException("a task");
                })
                .run();
        guard.tell(new IOException("the disk"));
    }

    /** As where a pool has no memory to wait for its next task. */
    @Test
    void whatEndsAThreadBesideItsTasksIsTold() throws InterruptedException {
        var failures = new ArrayList<Throwable>();
        var thread = new NamedThreads("pool", new ThreadGuard(failures::add)).newThread(() -> {
            throw new OutOfMemoryError("injected");
        });
        thread.start();
        thread.join();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageContaining("the thread pool failed"));
    }
}
