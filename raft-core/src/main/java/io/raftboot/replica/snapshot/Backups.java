package io.raftboot.replica.snapshot;

import io.raftboot.agent.Clock;
import io.raftboot.api.BackupOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.storage.Identity;
import io.raftboot.storage.proto.AncestorRecord;
import io.raftboot.storage.proto.BackupHeader;
import io.raftboot.storage.snapshot.PinnedSnapshot;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.function.Supplier;

/** Makes backups out of complete snapshots. Any thread; waits for nothing. */
public final class Backups {
    private final SnapshotStore store;
    private final Supplier<Identity> identity;
    private final Clock clock;

    /** @param identity as the member has it now */
    public Backups(SnapshotStore store, Supplier<Identity> identity, Clock clock) {
        this.store = store;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * A backup out of the snapshot that was taken for it. To be called by whoever learns of that before others do: afterwards the
     * file may be deleted as any other that is old.
     */
    public BackupOutcome of(SnapshotOutcome outcome) {
        if (outcome instanceof SnapshotOutcome.Taken taken) {
            return of(taken.index());
        }
        return new BackupOutcome.NotMade(((SnapshotOutcome.NotTaken) outcome).message());
    }

    private BackupOutcome of(long leastIndex) {
        try {
            var pinned = store.pinNewestComplete(leastIndex);
            return pinned == null
                    ? new BackupOutcome.NotMade(
                            "the snapshot at index " + leastIndex + " was deleted before it could be kept; try again")
                    : new BackupOutcome.Ready(new PinnedBackup(header(pinned), pinned.pin()));
        } catch (IOException e) {
            return new BackupOutcome.NotMade(
                    "the snapshot at index " + leastIndex + " can't be told: " + e.getMessage());
        }
    }

    private BackupHeader header(PinnedSnapshot pinned) {
        var self = identity.get();
        var header = BackupHeader.newBuilder()
                .setClusterName(self.clusterName())
                .setGroup(self.group())
                .setClusterId(self.clusterId())
                .setNodeId(self.nodeId())
                .setTakenAtMillis(clock.wallMillis())
                .setSnapshot(pinned.snapshot());
        self.ancestors()
                .forEach(ancestor -> header.addAncestors(AncestorRecord.newBuilder()
                        .setClusterId(ancestor.clusterId())
                        .setSharedIndex(ancestor.sharedIndex())
                        .setForkIndex(ancestor.forkIndex())));
        return header.build();
    }
}
