package io.raftboot.chaos;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The time of a campaign, and what went wrong in it. Any thread. */
final class Run {
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private volatile boolean truce;

    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Ends all pauses. */
    void end() {
        over.countDown();
    }

    /** Whether nothing new is to be done to members by those who don't hold the truce. */
    boolean isTruce() {
        return truce;
    }

    /** From now on, or no more, others rest: one loss more is more than the group is made to bear. */
    void setTruce(boolean newTruce) {
        truce = newTruce;
    }

    /** Lets time pass, but not beyond the end. */
    void pause(long millis) {
        try {
            boolean unused = over.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void problem(String what) {
        problems.add(what);
    }

    /** What no member may do, in the order in which it was seen. */
    List<String> problems() {
        return problems;
    }
}
