package io.raftboot.replica.space;

import io.raftboot.agent.Clock;
import io.raftboot.api.DiskExhaustedException;
import io.raftboot.notice.Conditions;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.config.DiskMarks;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks from time to time how much room the disk has, and keeps the reserve filled while there is plenty. On a thread of
 * its own, because a file system that hangs would take with it whoever asks.
 */
public final class SpaceWatch {
    private static final String ROOM = "room";

    private final Logger log = QuietLogger.of(SpaceWatch.class);
    private final Conditions conditions;

    private final MemberStorage storage;
    private final ReplicaConfig config;
    private final Executor executor;
    private final int ticksBetween;
    private final Listener listener;
    private final FailureHandler onExhausted;
    private final AtomicBoolean looking = new AtomicBoolean();
    private int ticks;
    private volatile long snapshotSizeBytes;
    private volatile Report report = new Report(Disk.Space.UNLIMITED.usableBytes(), false, 0);

    /** Is told what was seen, on the thread that looks. */
    @FunctionalInterface
    public interface Listener {
        void seen(Report report);
    }

    /**
     * What was seen.
     *
     * @param usableBytes left for this process, the reserve not counted
     * @param low whether that is little: from below the low mark until the high one is reached again
     */
    public record Report(long usableBytes, boolean low, long lowMarkBytes) {}

    /**
     * @param ticksBetween looks
     * @param listener told after each look
     * @param onExhausted told once the member has to stop
     */
    public SpaceWatch(
            MemberStorage storage,
            ReplicaConfig config,
            Clock clock,
            Executor executor,
            int ticksBetween,
            Listener listener,
            FailureHandler onExhausted) {
        this.storage = storage;
        this.config = config;
        this.conditions = new Conditions(LoggerFactory.getLogger(SpaceWatch.class), clock::nanoTime);
        this.executor = executor;
        this.ticksBetween = ticksBetween;
        this.listener = listener;
        this.onExhausted = onExhausted;
    }

    /** Any thread: what was seen last. */
    public Report report() {
        return report;
    }

    /** Any thread: what the snapshots took on the disk then. */
    public long snapshotSizeBytes() {
        return snapshotSizeBytes;
    }

    /** On the ticker: looks again if it is time. */
    public void tick() {
        if (ticks++ % ticksBetween == 0) {
            lookSoon();
        }
    }

    /** Any thread: looks again, unless the last look has not come back. */
    public void lookSoon() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    look();
                } finally {
                    looking.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            looking.set(false);
            log.debug("not looked how much room the disk has: {}", e.getMessage());
        }
    }

    private void look() {
        try {
            var space = storage.space();
            snapshotSizeBytes = storage.snapshots().sizeBytes();
            var marks = config.diskMarks().on(space);
            long usable = space.usableBytes();
            boolean low = usable < (report.low() ? marks.highBytes() : marks.lowBytes());
            note(new Report(usable, low, marks.lowBytes()));
            if (usable < marks.stopBytes() && !storage.reserve().release()) {
                onExhausted.accept(exhausted(config.dataDir(), usable, marks));
            } else if (!low) {
                fillReserve(usable - marks.highBytes());
            }
        } catch (IOException e) {
            log.warn("the room on the disk can't be told, or be reserved", e);
        }
    }

    private void note(Report seen) {
        if (seen.low()) {
            conditions.trouble(
                    Level.ERROR,
                    ROOM,
                    "low",
                    "only " + seen.usableBytes() + " bytes are left on the disk of " + config.dataDir() + ", less than "
                            + seen.lowMarkBytes() + ": commands are refused if no other member can lead. Make room");
        } else {
            conditions.over(
                    ROOM, "the disk of " + config.dataDir() + " has room again, " + seen.usableBytes() + " bytes");
        }
        conditions.tick();
        report = seen;
        listener.seen(seen);
    }

    /** Room for one more segment, and for a snapshot beside those that are there. */
    private void fillReserve(long roomBytes) throws IOException {
        var reserve = storage.reserve();
        long wanted = storage.leastSegmentSizeBytes() + storage.snapshots().sizeBytes();
        if (wanted - reserve.sizeBytes() <= roomBytes) {
            reserve.keep(wanted);
        }
    }

    private static DiskExhaustedException exhausted(Path directory, long usable, DiskMarks.Resolved marks) {
        return new DiskExhaustedException("only " + usable + " bytes are left on the disk of " + directory
                + ", less than the " + marks.stopBytes()
                + " at which a member stops (raft.disk.stop-mark), and its reserve is used up: make room and start it"
                + " again; nothing that was acknowledged is lost");
    }
}
