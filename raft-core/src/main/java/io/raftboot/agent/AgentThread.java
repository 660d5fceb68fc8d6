package io.raftboot.agent;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Carries one or more agents on a thread of its own: steps them in turn, and parks while none has anything to do. */
public final class AgentThread implements Carrier {
    /** An array, because it is gone through again and again. */
    private final Agent[] agents;

    private final Consumer<Throwable> onFailure;
    private final CarryingThread thread;
    private volatile boolean idle;
    private volatile boolean stopping;

    /**
     * @param onFailure called on this thread, as its last act, with what an agent threw; must not throw itself. An Error may come
     *     from anywhere and often says nothing, so the thread's name goes with it
     */
    AgentThread(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        this.agents = agents.toArray(Agent[]::new);
        this.onFailure = onFailure;
        this.thread = new CarryingThread(this::run, name);
        for (Agent agent : agents) {
            agent.wakeWith(this::wake);
        }
    }

    /** Whether the calling thread carries stages. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof CarryingThread;
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return thread.awaitEnd(patience);
    }

    @Override
    public Set<Thread> threads() {
        return thread.isAlive() ? Set.of(thread) : Set.of();
    }

    private void wake() {
        // An unpark costs a system call: only whoever announced that it is about to park gets one.
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                if (doWork() > 0) {
                    continue;
                }
                idle = true;
                // Once more after the announcement: what was put before it has not woken anybody.
                if (doWork() == 0 && !stopping) {
                    LockSupport.park(this);
                    // Nobody but the application interrupts a stage, and no thread parks as long as it is interrupted.
                    var unused = Thread.interrupted();
                }
                idle = false;
            }
        } catch (Throwable failure) {
            onFailure.accept(thread.told(failure));
        }
    }

    private int doWork() throws Exception {
        int work = 0;
        for (Agent agent : agents) {
            var activity = agent.activity();
            activity.begin();
            work += agent.doWork();
            activity.end();
        }
        return work;
    }
}
