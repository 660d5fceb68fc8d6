package io.raftboot.raft;

import io.raftboot.raft.confchange.Changer;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.Configuration;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.tracker.ProgressTracker;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that committed changes lead to, one after the other in the order of the log, computed from nothing else: so
 * it is the same for all who apply the log, at the same index, whatever their cores have seen meanwhile. For one thread.
 */
public final class ConfigurationReplay {
    private ProgressTracker tracker = new ProgressTracker(1, 0);

    /**
     * Starts from the configuration of a snapshot.
     *
     * @throws IllegalArgumentException if it can't be one
     */
    public ConfigurationReplay(ConfState confState) {
        restore(confState);
    }

    /**
     * Goes on from the configuration of a snapshot.
     *
     * @throws IllegalArgumentException if it can't be one
     */
    public void restore(ConfState confState) {
        var restored = new ProgressTracker(1, 0);
        install(restored, new Changer(restored, 0).restore(confState));
        tracker = restored;
    }

    /**
     * The next committed change.
     *
     * @return null if it is in force now; else why the configuration does not allow it, which is as it was
     */
    public @Nullable String apply(ConfChangeV2 change) {
        for (ConfChangeSingle single : change.getChangesList()) {
            if (NodeIds.isLocalTarget(single.getNodeId())) {
                return "no node can have the id " + single.getNodeId();
            }
        }
        try {
            install(tracker, new Changer(tracker, 0).apply(change));
            return null;
        } catch (ConfChangeException e) {
            return e.getMessage();
        }
    }

    public ConfState confState() {
        return tracker.confState();
    }

    private static void install(ProgressTracker tracker, Configuration configuration) {
        tracker.install(configuration.config(), configuration.progress());
    }
}
