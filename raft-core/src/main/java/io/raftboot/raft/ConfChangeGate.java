package io.raftboot.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.confchange.Changer;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Lets one configuration change at a time into a leader's log. One that may not go in is replaced by an empty entry: it
 * takes its place in the log and changes nothing.
 */
final class ConfChangeGate {
    private static final Entry REFUSED =
            Entry.newBuilder().setType(EntryType.ENTRY_NORMAL).build();

    private final Raft raft;
    private final RaftLog log;
    private final Logger logger;

    /** No change is let in before this index is applied: the latest one in the log is not behind it. */
    private long pendingIndex;

    ConfChangeGate(Raft raft, long pendingIndex) {
        this.raft = raft;
        this.log = raft.log();
        this.logger = raft.logger();
        this.pendingIndex = pendingIndex;
    }

    /** Whether no change is pending once this index is applied. */
    boolean isOpenAt(long appliedIndex) {
        return appliedIndex >= pendingIndex;
    }

    /**
     * The entries as they may be appended: the same list unless one had to be replaced.
     *
     * @throws IllegalArgumentException if the data of a configuration change can't be read, unless that is a refusal too
     *     ({@link RaftConfig#dryRunConfChanges}); nothing was appended
     */
    List<Entry> admit(List<Entry> entries) {
        List<Entry> admitted = entries;
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.getType() != EntryType.ENTRY_NORMAL && !admit(entry, log.lastIndex() + i + 1)) {
                if (admitted == entries) {
                    admitted = new ArrayList<>(entries);
                }
                admitted.set(i, REFUSED);
            }
        }
        return admitted;
    }

    private boolean admit(Entry entry, long index) {
        ConfChangeV2 change;
        try {
            change = parse(entry);
        } catch (IllegalArgumentException e) {
            if (!raft.config().dryRunConfChanges()) {
                throw e;
            }
            logger.warn("{} ignoring a conf change that can't be read: {}", raft.name(), e.getMessage());
            return false;
        }
        String objection = raft.config().disableConfChangeValidation() ? null : objection(change);
        if (objection != null) {
            logger.info(
                    "{} ignoring conf change {} at config {}: {}",
                    raft.name(),
                    LogText.text(change),
                    raft.tracker().config(),
                    objection);
            return false;
        }
        pendingIndex = index;
        raft.tracing().proposed(change);
        return true;
    }

    /**
     * The configuration change that an entry holds.
     *
     * @throws IllegalArgumentException if its data can't be read, or says something that this version does not know
     */
    static ConfChangeV2 parse(Entry entry) {
        try {
            return ConfChanges.in(entry);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("configuration change with unreadable data", e);
        }
    }

    private @Nullable String objection(ConfChangeV2 change) {
        boolean joint = raft.tracker().config().voters().isJoint();
        boolean leaves = change.getChangesCount() == 0;
        if (pendingIndex > log.appliedIndex()) {
            return "possible unapplied conf change at index " + pendingIndex + " (applied to " + log.appliedIndex()
                    + ")";
        }
        if (joint && !leaves) {
            return "must transition out of joint config first";
        }
        if (!joint && leaves) {
            return "not in joint state; refusing empty conf change";
        }
        return raft.config().dryRunConfChanges() ? objectionOfDryRun(change) : null;
    }

    /**
     * The configuration is still this one when the change is applied: no other is let in before. So what can be put into force
     * now can be then, on every node alike.
     */
    private @Nullable String objectionOfDryRun(ConfChangeV2 change) {
        for (ConfChangeSingle single : change.getChangesList()) {
            long id = single.getNodeId();
            if (id == NodeIds.NONE || NodeIds.isLocalTarget(id)) {
                return "no node can have the id " + id;
            }
        }
        try {
            var unused = new Changer(raft.tracker(), log.lastIndex()).apply(change);
            return null;
        } catch (ConfChangeException e) {
            return e.getMessage();
        }
    }
}
