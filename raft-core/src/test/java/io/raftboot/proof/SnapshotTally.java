package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import java.util.HashMap;
import java.util.Map;

/** Counts what happens with snapshots. */
final class SnapshotTally implements Observer {
    private final Sometimes.Counts counts;
    private final Map<Long, CoreState> states = new HashMap<>();
    private final Map<Long, LogView> logs = new HashMap<>();

    /** Snapshots that are under way, by who gets them. */
    private final Map<Long, Long> coming = new HashMap<>();

    SnapshotTally(Sometimes.Counts counts) {
        this.counts = counts;
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
        logs.put(member, log);
    }

    @Override
    public void crashed(long member, End end) {
        states.remove(member);
        logs.remove(member);
        if (coming.remove(member) != null) {
            counts.count(Sometimes.CRASH_WHILE_SNAPSHOT_CAME);
        }
    }

    @Override
    public void snapshotForced(long member, Snapshot snapshot, boolean installed) {
        if (installed) {
            counts.count(Sometimes.SNAPSHOT_INSTALLED);
        } else if (!snapshot.getData().isEmpty()) {
            counts.count(Sometimes.SNAPSHOT_TAKEN);
            long index = snapshot.getMetadata().getIndex();
            if (coming.values().stream().anyMatch(older -> older < index)) {
                counts.count(Sometimes.SNAPSHOT_OVERTAKEN);
            }
        }
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getType() == MessageType.MSG_SNAP) {
            counts.count(Sometimes.SNAPSHOT_SENT);
            coming.put(message.getTo(), message.getSnapshot().getMetadata().getIndex());
        }
    }

    @Override
    public void snapshotSent(long member, Message message, boolean arrived) {
        coming.remove(message.getTo());
        if (!arrived) {
            counts.count(Sometimes.SNAPSHOT_INTERRUPTED);
        }
    }

    @Override
    public void received(long member, Message message) {
        var state = states.get(member);
        if (message.getType() != MessageType.MSG_SNAP || state == null) {
            return;
        }
        coming.remove(member);
        var metadata = message.getSnapshot().getMetadata();
        if (metadata.getIndex() <= state.commit()) {
            counts.count(Sometimes.SNAPSHOT_OF_NO_USE_CAME);
            return;
        }
        var log = logs.get(member);
        if (log != null && log.lastIndex() > state.commit()) {
            counts.count(Sometimes.SNAPSHOT_OVER_UNCOMMITTED_LOG);
        }
    }
}
