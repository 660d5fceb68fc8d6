package io.raftboot.tool;

import io.raftboot.replica.config.Peer;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.snapshot.BackupFile;
import io.raftboot.storage.snapshot.SnapshotFile;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with snapshots. */
@Command(name = "snapshot", mixinStandardHelpOptions = true, description = "The snapshots.")
final class SnapshotCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(
            mixinStandardHelpOptions = true,
            description = "Reads all snapshots. Exit code 0 only if all of them are whole. Reads only.")
    int verify(
            @Parameters(paramLabel = "DIR", description = "The data directory, or a file: a snapshot or a backup.")
                    Path dir)
            throws IOException, StorageOpenException {
        var files = Files.isRegularFile(dir)
                ? List.of(dir)
                : OfflineDirectory.open(new RealDisk(), dir).snapshotFiles();
        var out = spec.commandLine().getOut();
        IOException first = null;
        for (Path file : files) {
            try (var reader = opened(file)) {
                out.println("whole: " + file + ", " + describe(reader));
            } catch (IOException e) {
                // The others are worth a look, too.
                if (first != null) {
                    e.addSuppressed(first);
                    out.println("damaged: " + e.getMessage());
                } else {
                    first = e;
                }
            }
        }
        if (first != null) {
            throw first;
        }
        if (files.isEmpty()) {
            out.println("there are no snapshots");
        }
        return 0;
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Copies the newest complete snapshot to a file, verified. Changes nothing in DIR.")
    int export(
            @Parameters(paramLabel = "DIR", description = "The data directory.") Path dir,
            @Parameters(paramLabel = "FILE", description = "The copy; must not exist.") Path target)
            throws IOException, StorageOpenException {
        for (Path file : newestFirst(OfflineDirectory.open(new RealDisk(), dir).snapshotFiles())) {
            try (var reader = SnapshotStore.openFile(new RealDisk(), file)) {
                if (!SnapshotStore.isLocal(reader.snapshot())) {
                    FileCopy.copy(file, target);
                    spec.commandLine().getOut().println("exported: " + target + ", " + describe(reader));
                    return 0;
                }
            }
        }
        throw new IOException(
                dir + " has no complete snapshot. Where all state machines are in memory, start the member once"
                        + " more as it was, with raft.snapshot.interval-entries=1, until it has taken one. Where one keeps its state"
                        + " itself, it is not in those that a member takes for its own restarts: have the application call"
                        + " Replica.takeSnapshot() while the member runs");
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "WRITES a new data directory whose member begins with the snapshot, in a cluster of its own.",
                "Members of the cluster that the snapshot is of refuse it, and it them. To begin with several members,"
                        + " import the same file on each of them, with the same --cluster-name and --peers."
            })
    int importFile(
            @Parameters(paramLabel = "FILE", description = "The snapshot, or a backup.") Path file,
            @Parameters(paramLabel = "DIR", description = "The data directory; must not be one already.") Path dir,
            @Option(names = "--node-id", defaultValue = "1", description = "Of the member (default: 1).") long nodeId,
            @Option(
                            names = "--cluster-name",
                            defaultValue = "raft",
                            description = "As in raft.cluster-name (default: raft).")
                    String clusterName,
            @Option(
                            names = "--peers",
                            split = ",",
                            paramLabel = "id@host:port",
                            description = "As in raft.peers; none for a cluster of one.")
                    @Nullable
                    List<String> peers)
            throws IOException, StorageOpenException {
        var request = request(clusterName, nodeId, peers == null ? List.of() : peers);
        try (var reader = opened(file)) {
            if (SnapshotStore.isLocal(reader.snapshot())) {
                throw new IOException(
                        file + " does not hold everything: it is for a restart of the member that took it");
            }
            long clusterId = SnapshotImport.run(reader, dir, request);
            spec.commandLine()
                    .getOut()
                    .println("imported: " + dir + " is node " + nodeId + " of the new cluster "
                            + Long.toHexString(clusterId) + ", " + describe(reader));
            return 0;
        }
    }

    /** A backup is a snapshot with something before it. */
    private static SnapshotFile.Reader opened(Path file) throws IOException {
        return BackupFile.isBackup(new RealDisk(), file)
                ? BackupFile.open(new RealDisk(), file).contents()
                : SnapshotStore.openFile(new RealDisk(), file);
    }

    private static IdentityRequest request(String clusterName, long nodeId, List<String> peers) throws IOException {
        if (nodeId < 1) {
            throw new IOException("--node-id=" + nodeId + ": node ids are whole numbers from 1 upwards");
        }
        try {
            var members =
                    peers.stream().map(peer -> Peer.valueOf(peer).asRaftPeer()).toList();
            return new IdentityRequest(clusterName, "default", nodeId, members, false);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<Path> newestFirst(List<Path> files) {
        var result = new ArrayList<>(files);
        Collections.reverse(result);
        return result;
    }

    static String describe(SnapshotFile.Reader reader) throws IOException {
        var metadata = reader.snapshot().getMetadata();
        return "index " + metadata.getIndex() + ", term " + metadata.getTerm() + ", voters "
                + metadata.getConfState().getVotersList() + ", "
                + SnapshotStore.sizeBytes(reader.snapshot()) + " bytes, sections " + reader.sections()
                + (SnapshotStore.isLocal(reader.snapshot()) ? ", for its own member only" : "");
    }
}
