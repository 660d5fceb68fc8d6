package io.raftboot.autoconfigure.observation;

import io.raftboot.notice.QuietLogger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Keeps what the application's handlers and conventions throw from what is observed. Any thread. */
final class Mishaps {
    private final Logger log = QuietLogger.of(Mishaps.class);

    void keep(Runnable work) {
        var unused = keep(() -> {
            work.run();
            return true;
        });
    }

    /** Null if the work has thrown. */
    <T> @Nullable T keep(Supplier<@Nullable T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            log.warn(
                    "an observation could not be made, because a handler or a convention of it threw; what is observed goes on",
                    e);
            return null;
        }
    }
}
