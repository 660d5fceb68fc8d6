package io.raftboot.tool;

import io.raftboot.raft.confchange.Changer;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.confchange.Configuration;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.tracker.ProgressTracker;
import io.raftboot.storage.BootstrapPeer;
import io.raftboot.storage.Identity;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.LogWrite;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.RealDisk;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes one member the only one of a new cluster. All of its log counts as committed, also what it can't know to be: an
 * entry that was acknowledged may be committed without its knowledge, and none that it has contradicts one that was. Then changes
 * of the configuration follow, one for each other member, in a new term: what is applied in the order of the log is all that
 * the state machines and the core ever see of it.
 */
final class ForcedCluster {
    private ForcedCluster() {}

    /**
     * What is to be done.
     *
     * @param log           as it is
     * @param configuration at the end of the log
     * @param changes       to come to a configuration of this member alone
     */
    record Plan(
            Path dir,
            Identity identity,
            OfflineDirectory.LogSummary log,
            ConfState configuration,
            List<ConfChangeV2> changes) {
        String describe() {
            return "Node " + identity.nodeId() + " of cluster '" + identity.clusterName() + "' ("
                    + Long.toHexString(identity.clusterId()) + ") has the log up to index " + log.lastIndex()
                    + ", at least " + log.hardState().getCommit() + " of it committed, and term "
                    + log.hardState().getTerm() + ". Voters are " + configuration.getVotersList()
                    + (configuration.getVotersOutgoingCount() > 0
                            ? " and, on their way out, " + configuration.getVotersOutgoingList()
                            : "")
                    + ", learners " + configuration.getLearnersList() + ". It will be the only voter, from index "
                    + (log.lastIndex() + changes.size()) + " on.";
        }
    }

    /** Only reads. */
    static Plan plan(Path dir) throws IOException, StorageOpenException {
        var directory = OfflineDirectory.open(new RealDisk(), dir);
        var log = directory.verifyLog();
        var tracker = new ProgressTracker(1, 0);
        var marker = log.marker().getMetadata();
        install(tracker, new Changer(tracker, marker.getIndex()).restore(marker.getConfState()));
        directory.entries(marker.getIndex() + 1, log.lastIndex(), entry -> replay(tracker, entry));
        var configuration = tracker.confState();
        return new Plan(
                dir,
                directory.identity(),
                log,
                configuration,
                changes(tracker, log.lastIndex(), directory.identity().nodeId()));
    }

    /** Returns what was done. */
    static String carryOut(Plan plan) throws IOException, StorageOpenException {
        var identity = plan.identity();
        var request = new IdentityRequest(
                identity.clusterName(),
                identity.group(),
                identity.nodeId(),
                identity.bootstrapPeers(),
                identity.joined() && !identity.bootstrapPeers().isEmpty());
        try (var storage = MemberStorage.open(new RealDisk(), plan.dir(), request, StorageOptions.defaults())) {
            if (storage.reader().lastIndex() != plan.log().lastIndex()) {
                throw new IOException("the log has changed meanwhile; nothing was written");
            }
            // First, so that a half-done recovery can't meet its former cluster.
            storage.moveToCluster(newClusterId(identity.clusterId()), self(identity));
            long term = plan.log().hardState().getTerm() + 1;
            var entries = entries(plan, term);
            long last = plan.log().lastIndex() + entries.size();
            var hardState = HardState.newBuilder()
                    .setTerm(term)
                    .setVote(identity.nodeId())
                    .setCommit(last)
                    .build();
            var unused = storage.writer().append(List.of(LogWrite.entries(hardState, entries)));
            return "Done: node " + identity.nodeId() + " is the only voter of the new cluster "
                    + Long.toHexString(storage.identity().clusterId()) + ", from index " + last
                    + " on. Start it with raft.peers naming only itself.";
        }
    }

    private static List<Entry> entries(Plan plan, long term) {
        var entries = new ArrayList<Entry>();
        long index = plan.log().lastIndex();
        for (ConfChangeV2 change : plan.changes()) {
            index++;
            entries.add(Entry.newBuilder()
                    .setType(EntryType.ENTRY_CONF_CHANGE_V2)
                    .setTerm(term)
                    .setIndex(index)
                    .setData(change.toByteString())
                    .build());
        }
        return entries;
    }

    /** As the core would accept them: out of a joint configuration first, then one member at a time. */
    private static List<ConfChangeV2> changes(ProgressTracker tracker, long lastIndex, long nodeId) {
        var changes = new ArrayList<ConfChangeV2>();
        if (tracker.confState().getVotersOutgoingCount() > 0) {
            add(changes, tracker, lastIndex, ConfChangeV2.getDefaultInstance());
        }
        if (!tracker.confState().getVotersList().contains(nodeId)) {
            add(changes, tracker, lastIndex, single(ConfChangeType.CONF_CHANGE_ADD_NODE, nodeId));
        }
        var others = new TreeSet<>(tracker.confState().getVotersList());
        others.addAll(tracker.confState().getLearnersList());
        others.remove(nodeId);
        for (long other : others) {
            add(changes, tracker, lastIndex, single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, other));
        }
        return changes;
    }

    private static ConfChangeV2 single(ConfChangeType type, long nodeId) {
        return ConfChangeV2.newBuilder()
                .addChanges(ConfChangeSingle.newBuilder().setType(type).setNodeId(nodeId))
                .build();
    }

    private static void add(List<ConfChangeV2> changes, ProgressTracker tracker, long lastIndex, ConfChangeV2 change) {
        install(tracker, new Changer(tracker, lastIndex).apply(change));
        changes.add(change);
    }

    private static void replay(ProgressTracker tracker, Entry entry) throws IOException {
        switch (entry.getType()) {
            case ENTRY_NORMAL -> {}
            case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 ->
                install(tracker, new Changer(tracker, entry.getIndex()).apply(ConfChanges.in(entry)));
        }
    }

    private static void install(ProgressTracker tracker, Configuration configuration) {
        tracker.install(configuration.config(), configuration.progress());
    }

    private static List<BootstrapPeer> self(Identity identity) {
        return identity.bootstrapPeers().stream()
                .filter(peer -> peer.id() == identity.nodeId())
                .toList();
    }

    private static long newClusterId(long old) {
        var random = new SecureRandom();
        long id = random.nextLong();
        while (id == 0 || id == old) {
            id = random.nextLong();
        }
        return id;
    }
}
