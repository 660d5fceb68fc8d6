package io.raftboot.replica.duty;

import io.raftboot.agent.Inbox;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What other threads want done on the raft stage, in the order in which they said so. */
public final class RaftTasks implements Executor {
    private final Inbox<Runnable> inbox = new Inbox<>();

    /** Any thread: runs the task on the raft stage. */
    @Override
    public void execute(Runnable task) {
        inbox.put(task);
    }

    /** On the raft stage: the next one; null if there is none. */
    public @Nullable Runnable poll() {
        return inbox.poll();
    }

    /** Any thread: the raft stage has something to do that is elsewhere. */
    public void wake() {
        inbox.wake();
    }

    /** As {@link Inbox#wakeWith}. */
    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }
}
