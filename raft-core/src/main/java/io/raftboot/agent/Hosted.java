package io.raftboot.agent;

import java.time.Duration;
import java.util.Set;

/** Something that an {@link AgentHost} runs for somebody until it is told to stop. Any thread, but where something else is said. */
public interface Hosted {
    /** Has it end after the piece of work that it is at. Also on a thread of its own. */
    void stop();

    /**
     * Waits until it has ended, behind {@link #stop}; not for the calling thread, should it be one of its own.
     *
     * @return whether it has
     * @throws InterruptedException if the caller is interrupted; it ends all the same
     */
    boolean awaitEnd(Duration patience) throws InterruptedException;

    /** Its threads that have not ended; empty where the host gives it none. A copy. */
    Set<Thread> threads();
}
