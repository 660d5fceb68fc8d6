package io.raftboot.storage;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.CompactedException;
import io.raftboot.raft.UnavailableException;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.disk.SpaceReserve;
import io.raftboot.storage.log.LogDirectory;
import io.raftboot.storage.log.LogPosition;
import io.raftboot.storage.log.LogReader;
import io.raftboot.storage.log.LogRecovery;
import io.raftboot.storage.log.LogWriter;
import io.raftboot.storage.log.RecoveredLog;
import io.raftboot.storage.log.Segment;
import io.raftboot.storage.snapshot.SnapshotFile;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory of a member that is not running, as tools look at it. Whatever is read changes nothing, not even the lock;
 * so a member that is started meanwhile is not kept from it, and is to be left alone by whoever uses this. For one thread.
 */
public final class OfflineDirectory {
    /** How much of the log is in memory at once. */
    private static final long READ_BYTES = 1024 * 1024;

    private final Disk disk;
    private final Path path;
    private final DataDirectory directory;
    private final Identity identity;

    /**
     * What a log holds.
     *
     * @param firstIndex index of the first entry; one more than {@code lastIndex} if there are none
     * @param lastIndex index of the last entry
     * @param hardState the newest
     * @param marker the newest snapshot that the log names; the default instance if none
     * @param batches how many were written, from the beginning of the log on
     * @param unfinishedFile the segment with the end of the log
     * @param unfinishedOffset where something was begun that was never acknowledged, and that the next start cuts; 0 if there
     *     is no such thing
     */
    public record LogSummary(
            long firstIndex,
            long lastIndex,
            HardState hardState,
            Snapshot marker,
            long batches,
            String unfinishedFile,
            long unfinishedOffset) {}

    /** Takes entries in their order. */
    @FunctionalInterface
    public interface EntryVisitor {
        void entry(Entry entry) throws IOException;
    }

    /**
     * Where a log begins that goes on from another cluster's.
     *
     * @param clusterId the cluster that the snapshot is of
     * @param index the last entry that the snapshot covers
     * @param term the term of that entry
     * @param ancestors the clusters from which that one was begun, the oldest first
     */
    public record Origin(long clusterId, long index, long term, List<Ancestor> ancestors) {
        private List<Ancestor> lineage() {
            var lineage = new ArrayList<>(ancestors);
            lineage.add(new Ancestor(clusterId, index, index));
            return lineage;
        }
    }

    /** Writes the sections of a snapshot that is being made. */
    @FunctionalInterface
    public interface SectionsWriter {
        void writeTo(SnapshotFile.Writer file) throws IOException;
    }

    private OfflineDirectory(Disk disk, Path path, DataDirectory directory, Identity identity) {
        this.disk = disk;
        this.path = path;
        this.directory = directory;
        this.identity = identity;
    }

    /**
     * Opens the directory of a member.
     *
     * @throws StorageOpenException if it is in use
     * @throws NoSuchFileException if it belongs to no member
     * @throws CorruptionException if it can't be told whose it is
     */
    public static OfflineDirectory open(Disk disk, Path path) throws IOException, StorageOpenException {
        var directory = DataDirectory.unlocked(disk, path);
        var identity = directory.identity();
        if (identity == null) {
            throw new NoSuchFileException(path.toString(), null, "this is not the data directory of a member");
        }
        return new OfflineDirectory(disk, path, directory, identity);
    }

    public Path path() {
        return path;
    }

    public Identity identity() {
        return identity;
    }

    /**
     * Reads all of the log, and looks whether the snapshot that it goes on behind is there.
     *
     * @throws CorruptionException naming file and offset of the first damage; a member would refuse to start
     */
    public LogSummary verifyLog() throws IOException {
        var recovery = LogRecovery.scan(disk, directory.log());
        snapshots().checkNeeded(recovery.log().marker);
        var log = recovery.log();
        var unfinished = recovery.findUnfinished();
        return new LogSummary(
                log.terms.base().index() + 1,
                log.terms.lastIndex(),
                log.hardState,
                log.marker,
                log.sequence,
                directory.log().resolve(Segment.name(log.segments.current())).toString(),
                unfinished);
    }

    /**
     * Shows the entries from one index to another, both included, as far as the log has them.
     *
     * @throws CorruptionException as of {@link #verifyLog}
     */
    public void entries(long fromIndex, long toIndex, EntryVisitor visitor) throws IOException {
        var reader = new LogReader(
                disk,
                directory.log(),
                0,
                LogRecovery.scan(disk, directory.log()).log());
        try {
            long end = Math.min(toIndex, reader.lastIndex()) + 1;
            for (long next = Math.max(fromIndex, reader.firstIndex()); next < end; ) {
                for (Entry entry : reader.entries(next, end, READ_BYTES)) {
                    visitor.entry(entry);
                    next = entry.getIndex() + 1;
                }
            }
        } catch (CompactedException | UnavailableException e) {
            throw new IllegalStateException("the log changes while it is read: is the member running?", e);
        } finally {
            reader.close();
        }
    }

    /** The store of this directory; what it does not use because it is damaged is only in {@link #snapshotFiles}. */
    public SnapshotStore snapshots() throws IOException {
        return SnapshotStore.open(disk, directory.snapshots(), new RandomIds(ThreadedHost.SYSTEM.strongRandom()));
    }

    /** All complete snapshot files, damaged or not, oldest first. */
    public List<Path> snapshotFiles() throws IOException {
        return SnapshotStore.files(disk, directory.snapshots());
    }

    /**
     * Refuses a directory with anything in it, but for what a creation has left that was not completed. Changes nothing.
     *
     * @throws StorageOpenException naming what is there
     */
    public static void checkUnused(Disk disk, Path path) throws IOException, StorageOpenException {
        DataDirectory.checkUnused(disk, path);
    }

    /**
     * Makes the directory of a new member whose log begins behind a snapshot, which is what others of its cluster have to begin
     * with as well. Either all of it is there in the end, or, after a failure, nothing that a member would start from.
     *
     * @param request whose directory it will be; its peers are the voters
     * @param clusterId the new cluster's, not 0
     * @param sections called once
     * @throws StorageOpenException if the directory is in use, or is one already
     */
    public static void createFromSnapshot(
            Disk disk, Path path, IdentityRequest request, long clusterId, Origin origin, SectionsWriter sections)
            throws IOException, StorageOpenException {
        var ids = new RandomIds(ThreadedHost.SYSTEM.strongRandom());
        try (var directory = DataDirectory.lock(disk, path)) {
            if (directory.identity() != null) {
                throw new StorageOpenException(
                        Problem.OTHER_NODE, path + " is the data directory of a member already; name a new one");
            }
            var identity = Identity.create(request, ids);
            for (Ancestor ancestor : origin.lineage()) {
                identity = identity.withNewCluster(clusterId, request.peers(), ancestor);
            }
            directory.beginCreation(identity);
            var reserve = SpaceReserve.open(disk, directory.path());
            var target = new LogDirectory(disk, directory.log(), StorageOptions.defaults(), ids, reserve);
            var initial = new RecoveredLog();
            initial.terms.reset(new LogPosition(origin.index(), origin.term()));
            initial.marker = write(target, directory, request, origin, sections);
            initial.hardState = HardState.newBuilder()
                    .setTerm(origin.term())
                    .setCommit(origin.index())
                    .build();
            LogWriter.create(target, initial);
            directory.completeCreation();
        }
    }

    private static Snapshot write(
            LogDirectory target,
            DataDirectory directory,
            IdentityRequest request,
            Origin origin,
            SectionsWriter sections)
            throws IOException {
        var voters = ConfState.newBuilder();
        request.peers().forEach(peer -> voters.addVoters(peer.id()));
        if (request.peers().isEmpty()) {
            voters.addVoters(request.nodeId());
        }
        var store = SnapshotStore.open(target.disk(), directory.snapshots(), target.ids());
        try (var file = store.create(origin.index(), origin.term(), voters.build())) {
            sections.writeTo(file);
            return file.commit();
        }
    }
}
