package io.raftboot.tool;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.Peer;
import io.raftboot.raft.confchange.ConfChangeException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.storage.Identity;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.LogWrite;
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
     * @param log as it is
     * @param configuration at the end of the log
     * @param changes to come to a configuration of this member alone
     */
    record Plan(
            Path dir,
            Identity identity,
            OfflineDirectory.LogSummary log,
            ConfState configuration,
            List<ConfChangeV2> changes) {
        /** Whether an earlier call has given it its new cluster, and has not written the changes. */
        boolean isBegun() {
            return identity.isMoveUnfinished(log.lastIndex());
        }

        String describe() {
            return (isBegun()
                            ? "An earlier call was interrupted before it had made the cluster: it is done to its end now. "
                            : "")
                    + "Node " + identity.nodeId() + " of cluster '" + identity.clusterName() + "' ("
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
        var marker = log.marker().getMetadata();
        var replayed = new ConfigurationReplay(marker.getConfState());
        directory.entries(marker.getIndex() + 1, log.lastIndex(), entry -> replay(replayed, entry));
        var configuration = replayed.confState();
        return new Plan(
                dir,
                directory.identity(),
                log,
                configuration,
                changes(configuration, directory.identity().nodeId()));
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
            if (storage.reader().lastIndex() != plan.log().lastIndex()
                    || storage.isMoveUnfinished() != plan.isBegun()) {
                throw new IOException("the log has changed meanwhile; nothing was written");
            }
            // First, so that a half-done recovery can't meet its former cluster.
            long term = plan.log().hardState().getTerm() + 1;
            var entries = entries(plan, term);
            long last = plan.log().lastIndex() + entries.size();
            if (!plan.isBegun()) {
                storage.moveToCluster(newClusterId(identity.clusterId()), self(identity), last);
            }
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
    private static List<ConfChangeV2> changes(ConfState configuration, long nodeId) {
        var after = new ConfigurationReplay(configuration);
        var changes = new ArrayList<ConfChangeV2>();
        if (configuration.getVotersOutgoingCount() > 0) {
            add(changes, after, ConfChangeV2.getDefaultInstance());
        }
        if (!after.confState().getVotersList().contains(nodeId)) {
            add(changes, after, single(ConfChangeType.CONF_CHANGE_ADD_NODE, nodeId));
        }
        var others = new TreeSet<>(after.confState().getVotersList());
        others.addAll(after.confState().getLearnersList());
        others.remove(nodeId);
        for (long other : others) {
            add(changes, after, single(ConfChangeType.CONF_CHANGE_REMOVE_NODE, other));
        }
        return changes;
    }

    private static ConfChangeV2 single(ConfChangeType type, long nodeId) {
        return ConfChangeV2.newBuilder()
                .addChanges(ConfChangeSingle.newBuilder().setType(type).setNodeId(nodeId))
                .build();
    }

    private static void add(List<ConfChangeV2> changes, ConfigurationReplay after, ConfChangeV2 change) {
        String objection = after.apply(change);
        if (objection != null) {
            throw new IllegalStateException("the configuration can't be brought to one member: " + objection);
        }
        changes.add(change);
    }

    /** As a member applies it: what is not allowed, or can't be read, changes nothing. */
    private static void replay(ConfigurationReplay configuration, Entry entry) throws IOException {
        switch (entry.getType()) {
            case ENTRY_NORMAL -> {}
            case ENTRY_CONF_CHANGE, ENTRY_CONF_CHANGE_V2 -> {
                try {
                    var unused = configuration.apply(ConfChanges.in(entry));
                } catch (InvalidProtocolBufferException unreadable) {
                    // No member could do anything with it either.
                } catch (ConfChangeException e) {
                    throw new IOException(
                            "entry " + entry.getIndex()
                                    + " changes the configuration in a way that this version does not" + " know ("
                                    + e.getMessage() + "); use the tool of a newer one",
                            e);
                }
            }
        }
    }

    private static List<Peer> self(Identity identity) {
        return identity.bootstrapPeers().stream()
                .filter(peer -> peer.id() == identity.nodeId())
                .toList();
    }

    /** An id that no cluster has, as far as chance can see to that. */
    static long newClusterId(long old) {
        var random = new SecureRandom();
        long id = random.nextLong();
        while (id == 0 || id == old) {
            id = random.nextLong();
        }
        return id;
    }
}
