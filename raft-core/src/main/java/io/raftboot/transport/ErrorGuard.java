package io.raftboot.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no {@link Error} on a thread of a transport is lost: the listener is told, once, and its member stops.
 * Exceptions concern one connection, or one task, and are logged.
 */
public final class ErrorGuard {
    private static final Logger log = LoggerFactory.getLogger(ErrorGuard.class);
    private static final int MAX_CAUSES = 16;

    private final Consumer<Error> onError;
    private final AtomicBoolean told = new AtomicBoolean();

    /** @param onError told of the first; on the thread that failed */
    public ErrorGuard(Consumer<Error> onError) {
        this.onError = onError;
    }

    /** The same task, that never throws. */
    public Runnable guarded(Runnable task) {
        return () -> run(task);
    }

    public void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            caught(e);
        }
    }

    /** Something was thrown on this thread, perhaps wrapped by others. Never throws. */
    public void caught(Throwable thrown) {
        try {
            var error = errorIn(thrown);
            if (error == null) {
                log.error("a task of the transport failed", thrown);
            } else if (told.compareAndSet(false, true)) {
                onError.accept(error);
            }
        } catch (Throwable e) {
            // The thread has to live on, or nobody could close its connections; the next Error is told again.
            told.set(false);
        }
    }

    /** As {@link #caught}, for what others deal with unless it is an Error. */
    public void caughtElsewhere(Throwable thrown) {
        if (errorIn(thrown) != null) {
            caught(thrown);
        }
    }

    private static @Nullable Error errorIn(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof Error error) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
