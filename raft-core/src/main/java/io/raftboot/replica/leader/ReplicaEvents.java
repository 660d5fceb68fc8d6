package io.raftboot.replica.leader;

import io.raftboot.agent.AgentHost;
import io.raftboot.api.Divergence;
import io.raftboot.api.ReplicaListener;
import io.raftboot.notice.QuietLogger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Hands events to the listeners, to each in order and on a thread of its own, so that one that blocks holds up nobody else;
 * whoever reports an event never waits for them.
 */
public final class ReplicaEvents {
    private final Logger log = QuietLogger.of(ReplicaEvents.class);
    private static final int MAX_WAITING = 64 * 1024;

    private final AgentHost host;
    private final String threadName;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();

    private record Lane(ReplicaListener listener, Executor executor, Logger log) {
        void tell(Consumer<ReplicaListener> event) {
            try {
                executor.execute(() -> tell(listener, event));
            } catch (RejectedExecutionException e) {
                log.error("the listener {} misses an event: {}", name(listener), e.getMessage());
            }
        }

        /** Called by a thread that may wait: where the listener can have none, it is told on that one. */
        void tellSurely(Consumer<ReplicaListener> event) {
            try {
                executor.execute(() -> tell(listener, event));
            } catch (RejectedExecutionException e) {
                tell(listener, event);
            }
        }

        /** What a listener throws, Errors included, is its own affair: neither the member nor other listeners suffer. */
        private void tell(ReplicaListener told, Consumer<ReplicaListener> event) {
            try {
                event.accept(told);
            } catch (Exception | Error e) {
                log.warn("the listener {} failed", name(told), e);
            }
        }

        private static String name(ReplicaListener listener) {
            return listener.getClass().getName();
        }
    }

    public ReplicaEvents(AgentHost host, String threadName) {
        this.host = host;
        this.threadName = threadName;
    }

    public void addListener(ReplicaListener listener) {
        int number = lanes.size();
        // One thread at most, and none while nothing happens: so there is nothing to be stopped with the member.
        var single = host.worker(
                number == 0 ? threadName : threadName + "-" + number,
                1,
                MAX_WAITING,
                e -> log.error("a listener can't be told", e));
        lanes.add(new Lane(listener, single, QuietLogger.of(ReplicaEvents.class)));
    }

    void leadershipGranted(long nodeId, long term) {
        tell(listener -> listener.leadershipGranted(term));
    }

    void leadershipRevoked(long term) {
        tell(listener -> listener.leadershipRevoked(term));
    }

    void leaderChanged(@Nullable Long leaderId, long term) {
        tell(listener -> listener.leaderChanged(leaderId, term));
    }

    public void diverged(Divergence divergence) {
        tell(listener -> listener.diverged(divergence));
    }

    public void started() {
        tell(ReplicaListener::started);
    }

    /** Called by a thread that may wait. */
    public void failed(Throwable cause) {
        lanes.forEach(lane -> lane.tellSurely(listener -> listener.failed(cause)));
    }

    /** Called by a thread that may wait. */
    public void failedForGood(Throwable cause) {
        lanes.forEach(lane -> lane.tellSurely(listener -> listener.failedForGood(cause)));
    }

    private void tell(Consumer<ReplicaListener> event) {
        lanes.forEach(lane -> lane.tell(event));
    }
}
