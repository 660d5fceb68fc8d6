package io.raftboot.faults;

import io.raftboot.api.Outcome;
import io.raftboot.replica.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Threads that send numbers to a member, each one the next when it has its answer, and note what they were told. */
final class Writers {
    private static final int THREADS = 16;
    private static final int MAX_PADDING_BYTES = 1000;
    private static final long PAUSE_AFTER_REFUSAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Replica replica;
    private final OutcomeFile outcomes;
    private final AtomicInteger next;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** They begin at once. */
    Writers(Replica replica, OutcomeFile outcomes, int firstNumber, long seed) {
        this.replica = replica;
        this.outcomes = outcomes;
        this.next = new AtomicInteger(firstNumber);
        for (int i = 0; i < THREADS; i++) {
            var random = new SplittableRandom(seed + i);
            var thread = new Thread(() -> write(random), "writer-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /** Returns when all that was sent is noted. */
    void stop() throws InterruptedException {
        stopped = true;
        for (var thread : threads) {
            thread.join();
        }
    }

    private void write(SplittableRandom random) {
        while (!stopped) {
            int number = next.getAndIncrement();
            var command = NumberMachine.command(number, random.nextInt(MAX_PADDING_BYTES));
            var outcome = replica.submit(NumberMachine.NAME, command, null).join();
            if (outcome instanceof Outcome.Applied) {
                outcomes.applied(number);
            } else if (outcome instanceof Outcome.Refused) {
                outcomes.refused(number);
                LockSupport.parkNanos(PAUSE_AFTER_REFUSAL_NANOS);
            } else {
                outcomes.unknown(number);
            }
        }
    }
}
