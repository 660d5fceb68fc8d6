package io.raftboot.tool;

import io.raftboot.replica.proto.SystemState;
import io.raftboot.storage.Ancestor;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Makes a data directory from a snapshot. All members that import the same file alike get the same cluster id, without talking
 * to each other, and another one than that of the cluster which the snapshot is of.
 */
final class SnapshotImport {
    /** As the replica names its own section. */
    private static final String SYSTEM_SECTION = "$system";

    private SnapshotImport() {}

    /** Returns the id of the new cluster. */
    static long run(SnapshotFile.Reader source, Path dir, IdentityRequest request)
            throws IOException, StorageOpenException {
        long clusterId = clusterId(source, systemState(source), request);
        create(source, dir, request, clusterId, List.of());
        return clusterId;
    }

    /**
     * Makes the directory.
     *
     * @param clusterId of the new cluster
     * @param ancestors the clusters from which the snapshot's was begun, the oldest first
     */
    static void create(
            SnapshotFile.Reader source, Path dir, IdentityRequest request, long clusterId, List<Ancestor> ancestors)
            throws IOException, StorageOpenException {
        var state = systemState(source);
        var metadata = source.snapshot().getMetadata();
        OfflineDirectory.createFromSnapshot(
                new RealDisk(),
                dir,
                request,
                clusterId,
                new OfflineDirectory.Origin(state.getClusterId(), metadata.getIndex(), metadata.getTerm(), ancestors),
                file -> copySections(source, file, clusterId, state));
    }

    private static void copySections(
            SnapshotFile.Reader source, SnapshotFile.Writer target, long clusterId, SystemState state)
            throws IOException {
        try (var out = target.section(SYSTEM_SECTION)) {
            stateOf(clusterId, state).writeTo(out);
        }
        for (String name : source.sections()) {
            if (!name.equals(SYSTEM_SECTION)) {
                try (var in = source.section(name);
                        var out = target.section(name)) {
                    if (in != null) {
                        in.transferTo(out);
                    }
                }
            }
        }
    }

    /**
     * What belongs to the state of the machines, and nothing of the members: those of the other cluster are nobody here, and would be
     * refused for their incarnations; a change of them that was under way would go on.
     */
    private static SystemState stateOf(long clusterId, SystemState state) {
        return SystemState.newBuilder()
                .setClusterId(clusterId)
                .setAgreedTimeMillis(state.getAgreedTimeMillis())
                .setLogBytes(state.getLogBytes())
                .putAllDurableIndexes(state.getDurableIndexesMap())
                .addAllSkipped(state.getSkippedList())
                .build();
    }

    private static SystemState systemState(SnapshotFile.Reader source) throws IOException {
        try (var in = source.section(SYSTEM_SECTION)) {
            return in == null ? SystemState.getDefaultInstance() : SystemState.parseFrom(in);
        }
    }

    private static long clusterId(SnapshotFile.Reader source, SystemState state, IdentityRequest request) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(source.snapshot().getData().toByteArray());
            digest.update(ByteBuffer.allocate(Long.BYTES)
                    .putLong(state.getClusterId())
                    .flip());
            digest.update(request.clusterName().getBytes(StandardCharsets.UTF_8));
            for (var peer : request.peers()) {
                digest.update(("\n" + peer.id() + "@" + peer.address()).getBytes(StandardCharsets.UTF_8));
            }
            long id = ByteBuffer.wrap(digest.digest()).getLong();
            return id == 0 || id == state.getClusterId() ? id + 1 : id;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
