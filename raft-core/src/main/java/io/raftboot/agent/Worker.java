package io.raftboot.agent;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks that may block. What a task throws goes to whom the host was told; a task that can't be taken is rejected, never
 * dropped. What waits when it stops is still done.
 */
public interface Worker extends Hosted, Executor {
    /**
     * Runs the task once its turn has come.
     *
     * @throws RejectedExecutionException saying why: too much waits, the worker has stopped, or no thread is to be had
     */
    @Override
    void execute(Runnable task);
}
