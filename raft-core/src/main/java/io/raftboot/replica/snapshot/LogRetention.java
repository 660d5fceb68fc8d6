package io.raftboot.replica.snapshot;

import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.tracker.ProgressState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Decides up to where the log may go. Behind the newest snapshot some entries are kept for slow followers; and what a
 * follower needs that gets a snapshot from this leader, or that follows the log, is kept until the follower has it: else
 * its snapshot would be of no use on arrival, and the next one neither. Within limits: of bytes, of room on the disk, and
 * of the time for which a follower may make no headway. Owned by the raft stage.
 */
public final class LogRetention {
    /** The followers are in the patterns, so that what is said of one does not keep back what is to be said of another. */
    private final Logger log = QuietLogger.of(LogRetention.class);

    /**
     * How long the log is kept for a follower that makes no headway: its process may be restarted meanwhile, and goes on with
     * the snapshot that it has a part of.
     */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final long keepEntries;
    private final long maxKeptBytes;
    private final Map<Long, Need> needs = new HashMap<>();
    private boolean snapshotWanted;
    private long snapshotWantedNanos;

    /**
     * What a leader knows of a follower.
     *
     * @param active whether it was heard of within an election timeout
     * @param headwayNanos when the transfer of a snapshot to it last got further
     */
    public record Follower(long id, ProgressState state, long matchIndex, boolean active, long headwayNanos) {}

    /**
     * The member and its log at one moment.
     *
     * @param snapshotIndex of the newest snapshot that a start could begin with
     * @param sendableIndex of the newest snapshot that can be sent; 0 if there is none
     * @param appliedIndex as far as the core has seen it applied: it still reads what is behind that
     * @param bytesBehind the size of the log behind an index
     * @param room on the disk
     * @param followers empty unless this member leads
     */
    public record Moment(
            long nowNanos,
            long snapshotIndex,
            long sendableIndex,
            long appliedIndex,
            LongUnaryOperator bytesBehind,
            DiskRoom room,
            List<Follower> followers) {}

    /** Index from which on a follower needs the log, and since when that has not changed. */
    private static final class Need {
        private long index;
        private long headwayNanos;

        /** Whether it needs that because it gets, or got, a snapshot. */
        private boolean catchesUp;

        private boolean givenUp;

        void moveTo(long newIndex, long nowNanos) {
            index = newIndex;
            headwayNanos = nowNanos;
        }
    }

    /**
     * @param keepEntries kept behind a snapshot in any case, unless there is little room
     * @param maxKeptBytes of log kept beyond that for one follower
     */
    public LogRetention(long keepEntries, long maxKeptBytes) {
        this.keepEntries = keepEntries;
        this.maxKeptBytes = maxKeptBytes;
    }

    /** A follower needs a snapshot, and there is none to send: the one that is made now is kept useful until it is sent. */
    public void snapshotWanted(long nowNanos) {
        snapshotWanted = true;
        snapshotWantedNanos = nowNanos;
    }

    /** A snapshot is on its way to a follower, perhaps not for the first time. */
    public void transferBegan(long followerId, long snapshotIndex, long nowNanos) {
        snapshotWanted = false;
        var need = needs.computeIfAbsent(followerId, id -> new Need());
        if (!need.catchesUp || need.index != snapshotIndex) {
            need.moveTo(snapshotIndex, nowNanos);
            need.catchesUp = true;
            need.givenUp = false;
        }
    }

    /** Whether the log still goes on behind this snapshot for the sake of the follower. */
    public boolean keepsFor(long followerId, long snapshotIndex) {
        var need = needs.get(followerId);
        return need != null && need.catchesUp && !need.givenUp && need.index <= snapshotIndex;
    }

    /** The index up to which the log may go now. */
    public long releasableIndex(Moment moment) {
        long least = Math.min(
                moment.snapshotIndex() - (moment.room() == DiskRoom.LITTLE ? 0 : keepEntries), moment.appliedIndex());
        long index = Math.min(least, forAFollowerThatWaits(moment, least));
        Set<Long> ids = new HashSet<>();
        for (var follower : moment.followers()) {
            ids.add(follower.id());
            index = Math.min(index, forFollower(follower, moment, least));
        }
        needs.keySet().retainAll(ids);
        return index;
    }

    private long forAFollowerThatWaits(Moment moment, long least) {
        boolean keeps = snapshotWanted
                && moment.nowNanos() - snapshotWantedNanos < PATIENCE_NANOS
                && moment.sendableIndex() > 0
                && moment.room() == DiskRoom.ENOUGH
                && keptBytes(moment, moment.sendableIndex(), least) <= maxKeptBytes;
        return keeps ? moment.sendableIndex() : least;
    }

    private long forFollower(Follower follower, Moment moment, long least) {
        var need = need(follower, moment.nowNanos());
        if (need == null) {
            return least;
        }
        if (need.index >= least) {
            need.headwayNanos = moment.nowNanos();
            need.givenUp = false;
            need.catchesUp &= follower.state() != ProgressState.REPLICATE;
            return least;
        }
        return isKept(need, follower, moment, least) ? need.index : least;
    }

    /** What the follower needs, as far as that is known: what a leader only probes for is not known yet. */
    private @Nullable Need need(Follower follower, long nowNanos) {
        var need = needs.get(follower.id());
        if (need == null && follower.state() == ProgressState.REPLICATE) {
            need = new Need();
            need.moveTo(follower.matchIndex(), nowNanos);
            needs.put(follower.id(), need);
        }
        if (need != null && follower.matchIndex() > need.index) {
            need.moveTo(follower.matchIndex(), nowNanos);
        }
        if (need != null && need.catchesUp && follower.headwayNanos() - need.headwayNanos > 0) {
            need.headwayNanos = follower.headwayNanos();
        }
        return need;
    }

    private boolean isKept(Need need, Follower follower, Moment moment, long least) {
        if (need.givenUp) {
            return false;
        }
        boolean hopeful =
                (need.catchesUp || follower.active()) && moment.nowNanos() - need.headwayNanos < PATIENCE_NANOS;
        long keptBytes = keptBytes(moment, need.index, least);
        boolean room = moment.room() == DiskRoom.ENOUGH;
        if (hopeful && room && keptBytes <= maxKeptBytes) {
            return true;
        }
        if (need.catchesUp) {
            need.givenUp = true;
            say(follower, keptBytes, hopeful, room);
        }
        return false;
    }

    private void say(Follower follower, long keptBytes, boolean hopeful, boolean room) {
        if (!hopeful) {
            log.warn(
                    "the log is not kept any longer for node " + follower.id()
                            + ", which has made no headway for {} s; it will need another snapshot",
                    TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS));
        } else if (!room) {
            log.warn("the disk has no room to keep the log for node " + follower.id()
                    + ", which catches up; it will need another snapshot. Make room, or lower raft.disk.low-mark");
        } else {
            log.warn(
                    "node " + follower.id() + " catches up too slowly: {} bytes of the log are kept for it, and"
                            + " raft.snapshot.max-kept-log allows {}. They go now, and it will need another snapshot. Raise raft.snapshot.max-kept-log,"
                            + " or raft.snapshot.transfer-rate if that is set",
                    keptBytes,
                    maxKeptBytes);
        }
    }

    private static long keptBytes(Moment moment, long fromIndex, long toIndex) {
        return fromIndex >= toIndex
                ? 0
                : moment.bytesBehind().applyAsLong(fromIndex)
                        - moment.bytesBehind().applyAsLong(toIndex);
    }
}
