package io.raftboot.storage;

import io.raftboot.raft.Peer;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.log.RecoveredLog;
import java.util.List;

/** Whether a directory belongs to whoever asks for it. Changes nothing. */
final class OwnerChecks {
    private OwnerChecks() {}

    static void checkIdentity(DataDirectory directory, IdentityRequest request, Identity identity)
            throws StorageOpenException {
        if (!identity.clusterName().equals(request.clusterName())
                || !identity.group().equals(request.group())) {
            throw new StorageOpenException(
                    Problem.OTHER_CLUSTER,
                    "The data directory " + directory.path() + " belongs to group \"" + identity.group()
                            + "\" of cluster \"" + identity.clusterName() + "\", not to group \"" + request.group()
                            + "\" of cluster \"" + request.clusterName()
                            + "\". Correct the name, or give this member a directory of its own");
        }
        if (identity.nodeId() != request.nodeId()) {
            throw new StorageOpenException(
                    Problem.OTHER_NODE,
                    "The data directory " + directory.path() + " belongs to node "
                            + Long.toUnsignedString(identity.nodeId()) + ", not to node "
                            + Long.toUnsignedString(request.nodeId())
                            + ". Correct the node id, or give this member a directory of its own");
        }
    }

    /** Refuses the two changes of the peers that would make a second cluster of one, or a member that waits for ever. */
    static void checkPeers(DataDirectory directory, IdentityRequest request, Identity identity, RecoveredLog log)
            throws StorageOpenException {
        boolean requestedAlone = request.peers().stream().allMatch(peer -> peer.id() == request.nodeId());
        boolean votesAlone =
                log.marker.getMetadata().getConfState().getVotersList().equals(List.of(identity.nodeId()))
                        && !log.configurationMayHaveChanged();
        if (identity.alone() && votesAlone && !requestedAlone) {
            throw new StorageOpenException(
                    Problem.PEERS_CHANGED,
                    "The data directory " + directory.path()
                            + " was made for a cluster of one, and is started with the peers "
                            + ids(request.peers())
                            + ". Peers do not join by being configured. Start this member with its own entry alone; to have"
                            + " several, start the others with raft.join=true and empty directories, and add them to it"
                            + " while it runs, as docs/operations.md says; or, if its data is not needed, delete the"
                            + " directory");
        }
        boolean grown = request.peers().isEmpty() && votesWithOthers(identity, log);
        // A group whose members have changed since may have shrunk to this one: then it goes on alone, as its log says.
        boolean certainlyOneOfSeveral = !identity.alone() && !votesAlone && !log.configurationMayHaveChanged();
        if (requestedAlone && (grown || certainlyOneOfSeveral)) {
            throw new StorageOpenException(
                    Problem.PEERS_CHANGED,
                    "The data directory " + directory.path() + " belongs to a member of a cluster with the peers "
                            + (identity.alone()
                                    ? log.marker.getMetadata().getConfState().getVotersList()
                                    : ids(identity.bootstrapPeers()))
                            + ", and is started without others. Configure the peers again, or, for a cluster of one,"
                            + " use another directory");
        }
    }

    /** Whether the log is certain to be one of several, though the directory was made for a member alone. */
    private static boolean votesWithOthers(Identity identity, RecoveredLog log) {
        return !log.configurationMayHaveChanged()
                && log.marker.getMetadata().getConfState().getVotersList().stream()
                        .anyMatch(voter -> voter != identity.nodeId());
    }

    private static List<String> ids(List<Peer> peers) {
        return peers.stream()
                .map(peer -> Long.toUnsignedString(peer.id()) + "@" + peer.address())
                .toList();
    }
}
