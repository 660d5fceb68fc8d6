package io.raftboot.agent;

import io.raftboot.api.ThreadFailedException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that nothing thrown on a thread of a member is lost: it stops the member, by the thread's name. What belongs to
 * the application (a query, a listener) is caught before it comes here.
 */
public final class ThreadGuard {
    private static final Logger log = LoggerFactory.getLogger(ThreadGuard.class);

    private final Consumer<Throwable> onFailure;

    /**
     * @param onFailure stops the member; called on the thread that failed
     */
    public ThreadGuard(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** The same task, that never throws. */
    public Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                failed(e);
            }
        };
    }

    /** This thread failed. Never throws. */
    public void failed(Throwable cause) {
        Throwable named = cause;
        try {
            named = new ThreadFailedException(Thread.currentThread().getName(), cause);
        } catch (OutOfMemoryError e) {
            // There is no room even for the name: the cause alone says enough.
        }
        tell(named);
    }

    /** As {@link #failed}, for what speaks for itself. */
    public void tell(Throwable cause) {
        try {
            onFailure.accept(cause);
        } catch (Throwable e) {
            log(e);
        }
    }

    private static void log(Throwable e) {
        try {
            log.error("a failure of a member could not be dealt with", e);
        } catch (Throwable none) {
            // Nothing is left that could be done on this thread.
        }
    }
}
