package io.raftboot.tool;

import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.snapshot.BackupFile;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The way back from a backup. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "WRITES a new data directory whose member is the only one of a new cluster, and begins with a backup.",
            "The other members are added to it afterwards, each with an empty directory.",
            "Members of the cluster that the backup is of refuse it, and it them; so does each other restored one."
        })
final class RestoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The backup.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Parameters(index = "1", paramLabel = "DIR", description = "The data directory; must be empty, or not exist.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dir;

    @Option(names = "--node-id", defaultValue = "1", description = "Of the member (default: 1).")
    private long nodeId;

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            description = "The name that the backup has to be of (default: any).")
    private @Nullable String clusterName;

    @Option(
            names = "--rename-to",
            paramLabel = "NAME",
            description = "The name of the new cluster (default: that of the backup's).")
    private @Nullable String newName;

    @Override
    public Integer call() throws IOException, StorageOpenException {
        checkCall();
        OfflineDirectory.checkUnused(new RealDisk(), dir);
        try (var backup = opened()) {
            checkName(backup);
            if (SnapshotStore.isLocal(backup.contents().snapshot())) {
                throw new IOException(file + " does not hold everything, and no member writes such a backup");
            }
            long clusterId = ForcedCluster.newClusterId(backup.clusterId());
            var name = newName == null ? backup.clusterName() : newName;
            var request = new IdentityRequest(name, backup.group(), nodeId, List.of(), false);
            SnapshotImport.create(backup.contents(), dir, request, clusterId, backup.ancestors());
            var out = spec.commandLine().getOut();
            out.println("restored: " + dir + " is node " + nodeId + " of the new cluster '" + name + "' ("
                    + Long.toHexString(clusterId) + "), and begins with what node " + backup.nodeId()
                    + " of the cluster '" + backup.clusterName() + "' (" + Long.toHexString(backup.clusterId())
                    + ") had applied at " + backup.takenAt() + ": "
                    + SnapshotCommand.describe(backup.contents()) + ", checksum "
                    + String.format(Locale.ROOT, "%08x", backup.checksum()));
            out.println(whatToDoNext(name));
            return ExitCode.OK;
        }
    }

    private String whatToDoNext(String name) {
        return "Start it with raft.node-id=" + nodeId + ", raft.cluster-name=" + name
                + """
                , this directory as raft.data-dir, and raft.peers naming only itself;
                then add the other members, each with an empty directory. Where a state machine keeps its state in a database, that
                must be empty, or have been this cluster's own before the backup: it is filled from the backup at the start.""";
    }

    private void checkCall() throws IOException {
        if (nodeId < 1) {
            throw new IOException("--node-id=" + nodeId + ": node ids are whole numbers from 1 upwards");
        }
        if (newName != null && newName.isBlank()) {
            throw new IOException("--rename-to: a cluster's name must not be blank");
        }
        if (Files.exists(dir) && !Files.isDirectory(dir)) {
            throw new IOException(dir + " is a file; name a directory that does not exist yet, or is empty");
        }
    }

    private BackupFile opened() throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is no file; name the backup, as GET /raft/admin/snapshot has written it");
        }
        if (!BackupFile.isBackup(new RealDisk(), file) && isSnapshot()) {
            throw new IOException(file + " is a snapshot and no backup: it does not say which cluster it is of. Use"
                    + " 'snapshot import' for it");
        }
        return BackupFile.open(new RealDisk(), file);
    }

    private boolean isSnapshot() {
        try (var snapshot = SnapshotStore.openFile(new RealDisk(), file)) {
            return snapshot.snapshot().getMetadata().getIndex() > 0;
        } catch (IOException e) {
            // It is neither, and opening it as a backup says why.
            return false;
        }
    }

    private void checkName(BackupFile backup) throws IOException {
        if (clusterName != null && !clusterName.equals(backup.clusterName())) {
            throw new IOException(file + " is a backup of the cluster '" + backup.clusterName() + "', and not of '"
                    + clusterName + "'. Name the right file; or, if it is to become a cluster of another name, use"
                    + " --cluster-name=" + backup.clusterName() + " --rename-to=" + clusterName);
        }
    }
}
