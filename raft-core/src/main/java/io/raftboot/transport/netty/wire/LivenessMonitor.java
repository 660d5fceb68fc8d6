package io.raftboot.transport.netty.wire;

import io.raftboot.agent.Clock;
import io.raftboot.notice.QuietLogger;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.proto.Purpose;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Finds connections whose other end is gone without a word: each that was dialled is pinged at a fixed interval, and
 * each on which nothing arrived for the idle time-out is closed. Raft's own heartbeats would not do: they flow from the
 * leader only, and their answers come back on another connection. Event loop only.
 */
public final class LivenessMonitor {
    private final Clock clock;
    private final long intervalNanos;
    private final long idleTimeoutNanos;
    private final long stallTimeoutNanos;
    private final Logger log = QuietLogger.of(LivenessHandler.class);

    /** In the order of their coming, so that they are pinged and closed in the same order in each run. */
    private final Set<LivenessHandler> watched = new LinkedHashSet<>();

    private long lastTickNanos;

    public LivenessMonitor(TransportOptions options, Clock clock) {
        this.clock = clock;
        intervalNanos = options.pingInterval().toNanos();
        idleTimeoutNanos = options.idleTimeout().toNanos();
        stallTimeoutNanos = options.snapshotStallTimeout().toNanos();
        lastTickNanos = clock.nanoTime();
    }

    public long nanoTime() {
        return clock.nanoTime();
    }

    public LivenessHandler watchDialled(Purpose purpose) {
        return new LivenessHandler(this, LivenessHandler.Side.DIALLED, idleTimeoutNanos(purpose));
    }

    public LivenessHandler watchAccepted(Purpose purpose) {
        return new LivenessHandler(this, LivenessHandler.Side.ACCEPTED, idleTimeoutNanos(purpose));
    }

    /** The receiver of a file does not read, and so answers no pings, while its disk is busy. */
    private long idleTimeoutNanos(Purpose purpose) {
        return purpose != Purpose.PURPOSE_STREAM ? Math.max(idleTimeoutNanos, stallTimeoutNanos) : idleTimeoutNanos;
    }

    /** Says which are dead, and not each of those that die all the time. */
    public Logger log() {
        return log;
    }

    void add(LivenessHandler handler) {
        watched.add(handler);
    }

    public void remove(LivenessHandler handler) {
        watched.remove(handler);
    }

    /** Looks after all of them; to be called at each interval. */
    public void tick() {
        long nowNanos = clock.nanoTime();
        // After a pause of this process it is not the others that were silent; what they sent waits to be read.
        boolean paused = nowNanos - lastTickNanos > 2 * intervalNanos;
        lastTickNanos = nowNanos;
        List<LivenessHandler> all = new ArrayList<>(watched); // closing one removes it
        for (LivenessHandler handler : all) {
            if (paused) {
                handler.alive(nowNanos);
            }
            handler.check(nowNanos);
        }
    }
}
