package io.raftboot.replica.watch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A future with an end.
 *
 * @param late what it is completed with when its time is up, from a hint at what hangs
 * @param stopped what it is completed with when the member has stopped, from the reason
 */
public record TimedFuture<T>(
        CompletableFuture<T> future, long deadlineNanos, Function<String, T> late, Function<String, T> stopped)
        implements TimedCall {
    @Override
    public boolean isDone() {
        return future.isDone();
    }

    @Override
    public void giveUp(String hint) {
        if (!future.isDone()) {
            future.complete(late.apply(hint));
        }
    }

    @Override
    public void stopped(String why) {
        if (!future.isDone()) {
            future.complete(stopped.apply(why));
        }
    }
}
