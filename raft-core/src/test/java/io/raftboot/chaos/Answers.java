package io.raftboot.chaos;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for what processes answer. */
final class Answers {
    /** Long enough for a machine on which many others work. */
    private static final long PATIENCE_MILLIS = 180_000;

    private Answers() {}

    /** One that has to come. */
    static String of(CompletableFuture<String> future) {
        String answer = within(PATIENCE_MILLIS, future);
        if (answer == null) {
            throw new IllegalStateException("no answer in time, or the process has ended");
        }
        return answer;
    }

    /** One that may not come, as the process may be paused or gone: null then. */
    static @Nullable String within(long millis, CompletableFuture<String> future) {
        try {
            return future.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
