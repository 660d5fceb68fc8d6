package io.raftboot.replica.membership;

import io.raftboot.api.MemberRemovedException;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.replica.proto.RemovalNotice;
import io.raftboot.replica.watch.FailureHandler;
import io.raftboot.storage.MemberStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a member that was removed from its group: its directory remembers it first, so that it does not come back by itself. It
 * is told by others, once they need its vote no more; that it has applied its removal itself is no reason to go. A process that began
 * with an empty directory, as one of the first members of a cluster that has removed their like, or has it with another directory, makes its directory anew and joins:
 * otherwise those whose directories were lost at one moment could begin another cluster beside what is left of theirs. Any thread.
 */
public final class Removal implements RemovalNews {
    private final ReplicaConfig config;
    private final MemberStorage storage;
    private final AppliedView applied;
    private final Executor disk;
    private final FailureHandler onRemoval;
    private final AtomicBoolean noted = new AtomicBoolean();

    /**
     * @param applied what this member has applied
     * @param disk writes what is to be remembered
     * @param onRemoval ends the member
     */
    public Removal(
            ReplicaConfig config, MemberStorage storage, AppliedView applied, Executor disk, FailureHandler onRemoval) {
        this.config = config;
        this.storage = storage;
        this.applied = applied;
        this.disk = disk;
        this.onRemoval = onRemoval;
    }

    @Override
    public void removed(RemovalNotice notice) {
        boolean own = notice.getIncarnation() == storage.identity().incarnation();
        if (own && noted.compareAndSet(false, true)) {
            disk.execute(() -> end(how(notice)));
        } else if (!own) {
            joinIfBegunWithout("has removed its node " + config.nodeId() + how(notice));
        }
    }

    /** Another member, which is there, knows the one with this id by another directory. */
    void otherDirectoryKnown(long by) {
        joinIfBegunWithout("has a node " + config.nodeId() + " with another directory, as node " + by + " knows");
    }

    /** @param why goes on from "which began before and" */
    private void joinIfBegunWithout(String why) {
        if (storage.openedAtBeginning() && applied.index() <= storage.beginning() && noted.compareAndSet(false, true)) {
            storage.joinNext();
            onRemoval.accept(new BegunWithoutException("node " + config.nodeId()
                    + " began with an empty directory, as one of the first members of the group '" + config.group()
                    + "', which began before and " + why
                    + ": this process makes its directory anew, and joins. If a new"
                    + " group is to begin instead, stop all members and begin all of them with empty directories"));
        }
    }

    private static String how(RemovalNotice notice) {
        long atMillis = notice.getAtMillis();
        return (atMillis == 0 ? "" : " at " + Instant.ofEpochMilli(atMillis))
                + (notice.getBy().isEmpty() ? "" : " by " + notice.getBy());
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
