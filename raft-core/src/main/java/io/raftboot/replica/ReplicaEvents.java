package io.raftboot.replica;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to the listeners on a thread of their own, in order; whoever reports an event never waits for them. */
final class ReplicaEvents {
    private static final Logger log = LoggerFactory.getLogger(ReplicaEvents.class);
    private static final long IDLE_SECONDS = 10;

    private final List<ReplicaListener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService executor;

    ReplicaEvents(String threadName) {
        // One thread at most, and none while nothing happens: so there is nothing to be stopped with the member.
        var single = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            var thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        single.allowCoreThreadTimeOut(true);
        executor = single;
    }

    void addListener(ReplicaListener listener) {
        listeners.add(listener);
    }

    void leadershipGranted(long nodeId, long term) {
        log.info("node {} leads in term {}", nodeId, term);
        tell(listener -> listener.leadershipGranted(term));
    }

    void leadershipRevoked(long term) {
        log.info("no longer leader of term {}", term);
        tell(listener -> listener.leadershipRevoked(term));
    }

    void leaderChanged(@Nullable Long leaderId, long term) {
        tell(listener -> listener.leaderChanged(leaderId, term));
    }

    void failed(Throwable cause) {
        tell(listener -> listener.failed(cause));
    }

    private void tell(Consumer<ReplicaListener> event) {
        for (ReplicaListener listener : listeners) {
            try {
                executor.execute(() -> tell(listener, event));
            } catch (RejectedExecutionException e) {
                log.debug("an event came too late for its listener", e);
            }
        }
    }

    private static void tell(ReplicaListener listener, Consumer<ReplicaListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            log.warn("a listener failed", e);
        }
    }
}
