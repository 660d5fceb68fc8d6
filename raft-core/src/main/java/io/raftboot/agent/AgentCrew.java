package io.raftboot.agent;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries agents on as many threads, each of which may step any of them. Who has made work for another agent goes on with that itself,
 * unless somebody is at it: to hand an agent over costs less than to wake a thread. There is a thread for every agent, so that one whose
 * step does not come back holds up no other.
 *
 * <p>What a thread leaves for itself waits until it is through with what it is at. It is called for all the same when that takes another
 * step, and by whoever else has work for it: so a step that does not come back, or runs somebody's code, holds it up until the next tick at most.
 */
final class AgentCrew implements Carrier {
    /** The most urgent one first. Arrays, because they are gone through again and again. */
    private final Seat[] seats;

    private final CrewThread[] threads;
    private final Consumer<Throwable> onFailure;
    private volatile boolean stopping;

    /**
     * @param names of the threads, one for each agent
     * @param agents the most urgent one first
     * @param onFailure called on the thread that failed, as its last act, with what an agent threw; must not throw itself. An Error
     *     may come from anywhere and often says nothing, so the thread's name goes with it
     */
    AgentCrew(List<String> names, List<Agent> agents, Consumer<Throwable> onFailure) {
        if (names.size() != agents.size()) {
            throw new IllegalArgumentException(names.size() + " threads for " + agents.size() + " agents");
        }
        this.onFailure = onFailure;
        this.seats = agents.stream().map(Seat::new).toArray(Seat[]::new);
        this.threads = names.stream().map(name -> new CrewThread(this, name)).toArray(CrewThread[]::new);
        for (Seat seat : seats) {
            seat.agent().wakeWith(() -> wake(seat));
        }
    }

    @Override
    public void start() {
        for (var thread : threads) {
            thread.start();
        }
    }

    @Override
    public void stop() {
        stopping = true;
        for (var thread : threads) {
            thread.call();
        }
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        var deadline = Deadline.after(patience);
        boolean ended = true;
        for (var thread : threads) {
            ended &= thread.awaitEnd(deadline.left());
        }
        return ended;
    }

    @Override
    public Set<Thread> threads() {
        return Stream.of(threads)
                .<Thread>map(CrewThread::thread)
                .filter(Thread::isAlive)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Any thread: there is work for this agent. */
    private void wake(Seat seat) {
        var self = current();
        if (self == null) {
            if (seat.call()) {
                callSomebody();
            }
        } else if (self.seat() == seat) {
            seat.moreOfOwn();
        } else {
            seat.leave();
        }
    }

    private @Nullable CrewThread current() {
        var current = Thread.currentThread();
        for (var thread : threads) {
            if (thread.thread() == current) {
                return thread.looks() ? thread : null;
            }
        }
        return null;
    }

    /** Has one that rests look. Where none does there is one that is about to look: no more are at work than there are other agents. */
    private void callSomebody() {
        for (var thread : threads) {
            if (thread.callIfIdle()) {
                return;
            }
        }
    }

    private void callForWhatIsLeft() {
        for (Seat seat : seats) {
            if (seat.callIfLeft()) {
                callSomebody();
            }
        }
    }

    /** What one of the threads does from its beginning to its end. */
    void run(CrewThread self) {
        try {
            while (!stopping) {
                // Nobody but an application's code interrupts a stage, and the next one may be at files, which an
                // interrupt closes.
                var unused = Thread.interrupted();
                Seat seat = take();
                if (seat == null) {
                    self.rest(this::isNothingToDo);
                } else {
                    self.at(seat);
                    work(seat);
                    self.at(null);
                }
            }
        } catch (Throwable failure) {
            self.looksNoMore();
            callForWhatIsLeft();
            onFailure.accept(self.thread().told(failure));
        }
    }

    private boolean isNothingToDo() {
        boolean waiting = stopping;
        for (Seat seat : seats) {
            waiting |= seat.isWaiting();
        }
        return !waiting;
    }

    /** The most urgent agent that there is work for and nobody at; others are called to what else there is. */
    private @Nullable Seat take() {
        Seat taken = null;
        for (Seat seat : seats) {
            if (taken == null) {
                taken = seat.take() ? seat : null;
            } else if (seat.isWaiting()) {
                boolean unused = seat.callIfLeft();
                callSomebody();
            }
        }
        return taken;
    }

    private void work(Seat seat) throws Exception {
        int work;
        do {
            work = seat.step();
            if (seat.hasMoreOfOthers()) {
                callForWhatIsLeft();
            }
        } while (!stopping && (work > 0 || !seat.giveBack()));
    }
}
