package io.raftboot.agent;

import java.time.Duration;

/**
 * Runs tasks at their time, one after the other. What a task throws goes to whom the host was told. When it stops, the task that
 * runs then is interrupted, and what is not due is dropped.
 */
public interface Timer extends Hosted {
    /**
     * Runs the task again and again, each time so long after the end of the time before: runs that were missed do not come in a
     * bunch afterwards.
     */
    void every(Duration pause, Runnable task);

    /** Runs the task once; drops it if the timer has stopped. */
    void after(Duration delay, Runnable task);
}
