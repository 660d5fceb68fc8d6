package io.raftboot.storage;

import io.raftboot.raft.Peer;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.proto.AncestorRecord;
import io.raftboot.storage.proto.BootstrapPeerRecord;
import io.raftboot.storage.proto.IdentityRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a data directory belongs to.
 *
 * @param clusterName as configured when it was made
 * @param group the group of state machines
 * @param clusterId equal on all members of a cluster; 0 on one that joins until it has learned it
 * @param nodeId the member's id
 * @param incarnation random, not 0: a directory that is lost and made again has another one
 * @param bootstrapPeers the members as configured when it was made, by id; empty for a cluster of one
 * @param joined whether it was made to join a cluster that existed
 * @param runs how often a member was started with this directory
 * @param leases whether the newest of these runs let leaders count on it, which binds the next one for a moment
 * @param ancestors the clusters from which its own was begun, the oldest first; empty for one that began empty
 * @param removed when and by whom its member was removed from the cluster, for people; null if it was not
 * @param formatVersion of the identity file
 */
public record Identity(
        String clusterName,
        String group,
        long clusterId,
        long nodeId,
        long incarnation,
        List<Peer> bootstrapPeers,
        boolean joined,
        long runs,
        boolean leases,
        List<Ancestor> ancestors,
        @Nullable String removed,
        int formatVersion) {

    /** The version that this software writes. */
    static final int FORMAT_VERSION = 1;

    public Identity {
        ancestors = List.copyOf(ancestors);
        bootstrapPeers = bootstrapPeers.stream()
                .sorted(Comparator.comparingLong(Peer::id))
                .toList();
    }

    static Identity create(IdentityRequest request, RandomIds ids) {
        long clusterId = 0;
        if (!request.join()) {
            clusterId = request.peers().isEmpty() ? ids.next() : clusterId(request);
        }
        return new Identity(
                request.clusterName(),
                request.group(),
                clusterId,
                request.nodeId(),
                ids.next(),
                request.peers(),
                request.join(),
                0,
                false,
                List.of(),
                null,
                FORMAT_VERSION);
    }

    Identity withClusterId(long newClusterId) {
        return new Identity(
                clusterName,
                group,
                newClusterId,
                nodeId,
                incarnation,
                bootstrapPeers,
                joined,
                runs,
                leases,
                ancestors,
                removed,
                formatVersion);
    }

    Identity withNextRun(boolean newLeases) {
        return new Identity(
                clusterName,
                group,
                clusterId,
                nodeId,
                incarnation,
                bootstrapPeers,
                joined,
                runs + 1,
                newLeases,
                ancestors,
                removed,
                formatVersion);
    }

    /** Of a directory that is made anew for the same member of the same cluster, which joins it now. */
    Identity joiningAnew(RandomIds ids) {
        return new Identity(
                clusterName,
                group,
                clusterId,
                nodeId,
                ids.next(),
                bootstrapPeers,
                true,
                0,
                false,
                List.of(),
                null,
                FORMAT_VERSION);
    }

    Identity withRemoval(String newRemoved) {
        return new Identity(
                clusterName,
                group,
                clusterId,
                nodeId,
                incarnation,
                bootstrapPeers,
                joined,
                runs,
                leases,
                ancestors,
                newRemoved,
                formatVersion);
    }

    /**
     * The same member, as one of the given ones of another cluster, which goes on from this one.
     *
     * @param ancestor this cluster; the ids of clusters before stay as they are
     */
    Identity withNewCluster(long newClusterId, List<Peer> newPeers, Ancestor ancestor) {
        var newAncestors = new ArrayList<>(ancestors);
        newAncestors.add(ancestor);
        return new Identity(
                clusterName,
                group,
                newClusterId,
                nodeId,
                incarnation,
                newPeers,
                false,
                runs,
                leases,
                newAncestors,
                null,
                formatVersion);
    }

    /** As {@link MemberStorage#isMoveUnfinished}, with a log that ends here. */
    public boolean isMoveUnfinished(long lastIndex) {
        return !ancestors.isEmpty() && ancestors.get(ancestors.size() - 1).forkIndex() > lastIndex;
    }

    /** Whether it was made for a member without others. */
    boolean alone() {
        return bootstrapPeers.stream().allMatch(peer -> peer.id() == nodeId);
    }

    /**
     * The same on all members that are configured alike, without their talking to each other; another one for a cluster of
     * the same name elsewhere, because the addresses are part of it.
     */
    private static long clusterId(IdentityRequest request) {
        var text = new StringBuilder(request.clusterName()).append('\n');
        request.peers().stream().sorted(Comparator.comparingLong(Peer::id)).forEach(peer -> text.append(
                        Long.toUnsignedString(peer.id()))
                .append('@')
                .append(peer.address())
                .append('\n'));
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            long id = ByteBuffer.wrap(hash).getLong();
            return id == 0 ? 1 : id;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    IdentityRecord toRecord() {
        var identity = IdentityRecord.newBuilder()
                .setClusterName(clusterName)
                .setGroup(group)
                .setClusterId(clusterId)
                .setNodeId(nodeId)
                .setIncarnation(incarnation)
                .setJoined(joined)
                .setRuns(runs)
                .setLeases(leases);
        for (var peer : bootstrapPeers) {
            identity.addBootstrapPeers(
                    BootstrapPeerRecord.newBuilder().setId(peer.id()).setAddress(peer.address()));
        }
        for (var ancestor : ancestors) {
            identity.addAncestors(AncestorRecord.newBuilder()
                    .setClusterId(ancestor.clusterId())
                    .setSharedIndex(ancestor.sharedIndex())
                    .setForkIndex(ancestor.forkIndex()));
        }
        if (removed != null) {
            identity.setRemoved(removed);
        }
        return identity.build();
    }

    static Identity of(IdentityRecord identity, int formatVersion) {
        return new Identity(
                identity.getClusterName(),
                identity.getGroup(),
                identity.getClusterId(),
                identity.getNodeId(),
                identity.getIncarnation(),
                identity.getBootstrapPeersList().stream()
                        .map(peer -> Peer.of(peer.getId(), peer.getAddress()))
                        .toList(),
                identity.getJoined(),
                identity.getRuns(),
                identity.getLeases(),
                identity.getAncestorsList().stream()
                        .map(ancestor -> new Ancestor(
                                ancestor.getClusterId(), ancestor.getSharedIndex(), ancestor.getForkIndex()))
                        .toList(),
                identity.hasRemoved() ? identity.getRemoved() : null,
                formatVersion);
    }
}
