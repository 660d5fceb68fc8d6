package io.raftboot.replica;

import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.InForce;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.MemberStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a member that was removed from its group, whether it applies that itself or is told by others: its directory remembers
 * it first, so that it does not come back by itself. Any thread.
 */
final class Removal implements RemovalNews {
    private final ReplicaConfig config;
    private final MemberStorage storage;
    private final Executor disk;
    private final FailureHandler onRemoval;
    private final AtomicBoolean noted = new AtomicBoolean();

    /**
     * @param disk writes what is to be remembered
     * @param onRemoval ends the member
     */
    Removal(ReplicaConfig config, MemberStorage storage, Executor disk, FailureHandler onRemoval) {
        this.config = config;
        this.storage = storage;
        this.disk = disk;
        this.onRemoval = onRemoval;
    }

    /** On the ticker: looks whether this member has applied its own removal, and belongs to no configuration any more. */
    void look(Members members, InForce inForce) {
        var own = members.get(config.nodeId());
        if (own != null
                && own.getRemoved()
                && own.getIncarnation() == storage.identity().incarnation()
                && !inForce.isMember(config.nodeId())) {
            removed(own.getRemovedAtMillis(), own.getRemovedBy());
        }
    }

    @Override
    public void removed(long atMillis, String by) {
        if (noted.compareAndSet(false, true)) {
            String how =
                    (atMillis == 0 ? "" : " at " + Instant.ofEpochMilli(atMillis)) + (by.isEmpty() ? "" : " by " + by);
            disk.execute(() -> end(how));
        }
    }

    private void end(String how) {
        try {
            storage.noteRemoval(how);
        } catch (IOException | RuntimeException e) {
            onRemoval.accept(e);
            return;
        }
        onRemoval.accept(new MemberRemovedException("node " + config.nodeId() + " was removed from the group '"
                + config.group() + "'" + how + ", and takes part no more. To have it back, move its data directory "
                + config.dataDir() + " away, start it to join (raft.join=true), and add it anew"));
    }
}
