package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.storage.log.LogReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shortens the log as {@link LogRetention} allows: when a snapshot is there, and at each tick, because what was kept for a
 * follower may go when that has it. Owned by the raft stage.
 */
public final class LogCompaction {
    private final Node node;
    private final LogReader reader;
    private final LogRelease log;
    private final SnapshotTransfers transfers;
    private final RoomLeft room;
    private final LogRetention retention;
    private final Clock clock;
    private @Nullable Snapshot resumed;

    /** @param room on the disk, as of the last look */
    public LogCompaction(
            Node node,
            LogReader reader,
            LogRelease log,
            SnapshotTransfers transfers,
            RoomLeft room,
            LogRetention retention,
            Clock clock) {
        this.node = node;
        this.reader = reader;
        this.log = log;
        this.transfers = transfers;
        this.room = room;
        this.retention = retention;
        this.clock = clock;
    }

    /** A snapshot of this member is durable, and the log names it. */
    public void taken(Snapshot snapshot) {
        reader.snapshotTaken(snapshot);
        compact();
    }

    /** A follower needs a snapshot, and there is none to send. */
    public void snapshotWanted() {
        retention.snapshotWanted(clock.nanoTime());
    }

    /** A snapshot is on its way to a follower. */
    void transferBegan(long followerId, Snapshot snapshot) {
        retention.transferBegan(followerId, snapshot.getMetadata().getIndex(), clock.nanoTime());
        chooseResumed();
    }

    /** A snapshot is not on its way any longer, arrived or not. */
    void transferEnded() {
        chooseResumed();
    }

    /** A tick has passed. */
    public void tick() {
        compact();
        transfers.keepOnly(retention::keepsFor);
        chooseResumed();
    }

    private void chooseResumed() {
        var chosen = transfers.brokenOff();
        if (!Objects.equals(chosen, resumed)) {
            resumed = chosen;
            reader.resume(chosen);
        }
    }

    private void compact() {
        var status = node.basicStatus();
        long index = retention.releasableIndex(new LogRetention.Moment(
                clock.nanoTime(),
                reader.marker().getMetadata().getIndex(),
                reader.sendableIndex(),
                status.appliedIndex(),
                reader::sizeBytesBehind,
                room.room(),
                status.softState().role() == RaftRole.LEADER ? followers(status.id()) : List.of()));
        if (index >= reader.firstIndex()) {
            reader.compact(index);
            log.release(index);
        }
    }

    private List<LogRetention.Follower> followers(long self) {
        var followers = new ArrayList<LogRetention.Follower>();
        node.withProgress((id, type, progress) -> {
            if (id != self) {
                followers.add(follower(id, progress));
            }
        });
        return followers;
    }

    private LogRetention.Follower follower(long id, Progress progress) {
        return new LogRetention.Follower(
                id, progress.state(), progress.matchIndex(), progress.isRecentlyActive(), transfers.headwayNanos(id));
    }
}
