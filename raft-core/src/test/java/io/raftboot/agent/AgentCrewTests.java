package io.raftboot.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.ThreadFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents that are carried together. */
@Timeout(60)
class AgentCrewTests {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Doing urgent = new Doing();
    private final Doing other = new Doing();
    private final AgentCrew crew = new AgentCrew(List.of("one", "two"), List.of(urgent, other), this::failed);

    /** What is done on the thread that failed, as its last act. */
    private volatile Runnable lastAct = () -> {};

    /** What an agent is given to do. */
    private interface Task {
        void run() throws Exception;
    }

    /** Does one thing of its inbox in each step, and notes whether two are ever at it at once. */
    private static final class Doing implements Agent {
        private final Inbox<Task> inbox = new Inbox<>();
        private final AgentActivity activity = new AgentActivity();
        private final AtomicBoolean stepped = new AtomicBoolean();
        private volatile boolean steppedByTwo;

        /** Owned by whoever steps it. */
        private int done;

        void put(Task task) {
            inbox.put(task);
        }

        @Override
        public int doWork() throws Exception {
            steppedByTwo |= !stepped.compareAndSet(false, true);
            var task = inbox.poll();
            if (task != null) {
                task.run();
                done++;
            }
            stepped.set(false);
            return task == null ? 0 : 1;
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

    private void failed(Throwable failure) {
        failures.add(failure);
        lastAct.run();
    }

    @BeforeEach
    void startAndAwaitRest() {
        crew.start();
        awaitRest();
    }

    private void awaitRest() {
        await().until(() -> crew.threads().stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    @AfterEach
    void stop() throws InterruptedException {
        crew.stop();
        assertThat(crew.awaitEnd(LONG)).isTrue();
        assertThat(crew.threads()).isEmpty();
        assertThat(urgent.steppedByTwo || other.steppedByTwo).isFalse();
    }

    private static Thread threadOf(CompletableFuture<Thread> future) {
        return future.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Test
    void whoMakesWorkForAnotherDoesItWhereNobodyIsAtIt() {
        for (int i = 0; i < 100; i++) {
            awaitRest();
            var first = new CompletableFuture<Thread>();
            var second = new CompletableFuture<Thread>();
            var third = new CompletableFuture<Thread>();
            urgent.put(() -> {
                first.complete(Thread.currentThread());
                other.put(() -> {
                    second.complete(Thread.currentThread());
                    urgent.put(() -> third.complete(Thread.currentThread()));
                });
            });
            assertThat(threadOf(third)).isSameAs(threadOf(second)).isSameAs(threadOf(first));
        }
    }

    @Test
    void stepThatDoesNotComeBackHoldsUpNobodyElse() {
        for (Doing stuck : List.of(urgent, other)) {
            var latch = new CountDownLatch(1);
            var begun = new CompletableFuture<Thread>();
            stuck.put(() -> {
                begun.complete(Thread.currentThread());
                latch.await();
            });
            var thread = threadOf(begun);
            for (int i = 0; i < 100; i++) {
                var done = new CompletableFuture<Thread>();
                (stuck == urgent ? other : urgent).put(() -> done.complete(Thread.currentThread()));
                assertThat(threadOf(done)).isNotSameAs(thread);
            }
            latch.countDown();
            awaitRest();
        }
    }

    @Test
    void whatIsLeftToAThreadThatDoesNotComeBackIsCalledForByWhoeverHasMore() {
        var latch = new CountDownLatch(1);
        var left = new CompletableFuture<Thread>();
        var stuck = new CompletableFuture<Thread>();
        urgent.put(() -> {
            other.put(() -> left.complete(Thread.currentThread()));
            stuck.complete(Thread.currentThread());
            latch.await();
        });
        var thread = threadOf(stuck);
        assertThat(left).isNotDone();
        other.put(() -> {});
        assertThat(threadOf(left)).isNotSameAs(thread);
        latch.countDown();
    }

    @Test
    void whatIsLeftDoesNotWaitForAnotherStep() {
        var latch = new CountDownLatch(1);
        var left = new CompletableFuture<Thread>();
        var underWay = new CompletableFuture<Thread>();
        var more = new CountDownLatch(1);
        other.put(() -> {
            underWay.complete(Thread.currentThread());
            more.await();
            urgent.put(() -> left.complete(Thread.currentThread()));
        });
        var thread = threadOf(underWay);
        // The next step of whoever is at the other one, which has then left something.
        other.put(latch::await);
        more.countDown();
        assertThat(threadOf(left)).isNotSameAs(thread);
        latch.countDown();
    }

    @Test
    void interruptOfOneStepIsNotThatOfTheNext() {
        var interrupted = new CompletableFuture<Boolean>();
        urgent.put(() -> {
            Thread.currentThread().interrupt();
            other.put(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
        });
        assertThat(interrupted.orTimeout(30, TimeUnit.SECONDS).join()).isFalse();
    }

    @Test
    void whatOneThrowsIsToldAndTheOtherGoesOn() {
        var left = new CompletableFuture<Thread>();
        urgent.put(() -> {
            other.put(() -> left.complete(Thread.currentThread()));
            throw new IOException("the disk");
        });
        assertThat(threadOf(left)).isNotNull();
        assertThat(failures).singleElement().isInstanceOf(IOException.class);
        other.put(() -> {
            throw new StackOverflowError();
        });
        await().untilAsserted(() -> assertThat(failures)
                .last()
                .isInstanceOf(ThreadFailedException.class)
                .asString()
                .matches("(?s).*(one|two).*"));
    }

    @Test
    void whoHasFailedLeavesNothingToItself() {
        var done = new CompletableFuture<Thread>();
        lastAct = () -> other.put(() -> done.complete(Thread.currentThread()));
        var failing = new CompletableFuture<Thread>();
        urgent.put(() -> {
            failing.complete(Thread.currentThread());
            throw new IOException("the disk");
        });
        assertThat(threadOf(done)).isNotSameAs(threadOf(failing));
    }

    @Test
    void nothingIsLostBetweenThem() throws InterruptedException {
        int producers = 3;
        int each = 20_000;
        var rounds = new CountDownLatch(producers * each);
        var threads = new ArrayList<Thread>();
        for (int producer = 0; producer < producers; producer++) {
            Doing first = producer % 2 == 0 ? urgent : other;
            Doing second = producer % 2 == 0 ? other : urgent;
            var thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    first.put(() -> second.put(() -> first.put(rounds::countDown)));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (var thread : threads) {
            thread.join();
        }
        rounds.await();
        awaitRest();
        assertThat(urgent.done + other.done).isEqualTo(3 * producers * each);
    }

    @Test
    void everyAgentHasAThread() {
        assertThat(refusal(List.of("one"))).isNotNull();
        assertThat(refusal(List.of("one", "two"))).isNull();
    }

    private static @Nullable IllegalArgumentException refusal(List<String> names) {
        try {
            var unused = new AgentCrew(names, List.of(new Doing(), new Doing()), failure -> {});
            return null;
        } catch (IllegalArgumentException e) {
            return e;
        }
    }
}
