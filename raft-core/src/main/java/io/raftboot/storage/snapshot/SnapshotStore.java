package io.raftboot.storage.snapshot;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.DiskFile;
import io.raftboot.storage.disk.RandomIds;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of a member: made here, received, sent, deleted. Safe for use by several threads; what it hands out (a
 * writer, a pin, something incoming) is for one thread each. Its lock is held for what is in memory only: whoever asks what
 * there is, or pins a snapshot, never waits for the disk, so that a disk that hangs holds up nobody who decides. What goes
 * through the directory has a lock of its own.
 */
public final class SnapshotStore {
    private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);

    private static final String SUFFIX = ".snap";

    private static final Comparator<Snapshot> BY_AGE = Comparator.<Snapshot>comparingLong(
                    snapshot -> snapshot.getMetadata().getIndex())
            .thenComparingLong(snapshot -> snapshot.getMetadata().getTerm());

    private final Disk disk;
    private final Path directory;
    private final RandomIds ids;
    private final SnapshotParts parts;

    /** Snapshots that are complete, by id. */
    private final Map<Long, Snapshot> stored = new HashMap<>();

    private final Map<Long, Integer> pins = new HashMap<>();

    /** Held while files of snapshots that are received in part are chosen and deleted, or one of them begins; taken before this. */
    private final Object partsLock = new Object();

    /** Names of the files that are being received, as they are called until they are complete. */
    private final Set<String> receiving = new HashSet<>();

    private final SnapshotWrites writes = new SnapshotWrites();

    /** Snapshot that the log goes on behind; null if it needs none. */
    private @Nullable Snapshot neededByLog;

    private SnapshotStore(Disk disk, Path directory, RandomIds ids) {
        this.disk = disk;
        this.directory = directory;
        this.ids = ids;
        this.parts = new SnapshotParts(disk, directory);
    }

    /** Looks at what is there, and changes nothing. A damaged file is passed over: only a log that needs it is refused. */
    public static SnapshotStore open(Disk disk, Path directory, RandomIds ids) throws IOException {
        var store = new SnapshotStore(disk, directory, ids);
        for (var name : disk.list(directory)) {
            if (name.endsWith(SUFFIX)) {
                store.look(directory.resolve(name));
            }
        }
        return store;
    }

    private void look(Path path) throws IOException {
        try (var file = disk.open(path)) {
            var snapshot = SnapshotFormat.describe(file, path);
            if (path.equals(path(snapshot, SUFFIX))) {
                stored.put(id(snapshot), snapshot);
            } else {
                log.warn("{} is not the snapshot that its name says, and is not used", path);
            }
        } catch (CorruptionException e) {
            log.warn("A damaged snapshot is not used: {}", e.getMessage());
        }
    }

    /** All complete files in a directory, damaged or not, oldest first. */
    public static List<Path> files(Disk disk, Path directory) throws IOException {
        return disk.list(directory).stream()
                .filter(name -> name.endsWith(SUFFIX))
                .map(directory::resolve)
                .toList();
    }

    /**
     * Opens a file that is a snapshot, wherever it is, after all of it was verified.
     *
     * @throws CorruptionException if it is damaged, or is none
     */
    public static SnapshotFile.Reader openFile(Disk disk, Path path) throws IOException {
        Snapshot snapshot;
        try (var file = disk.open(path)) {
            snapshot = SnapshotFormat.describe(file, path);
        }
        return new SnapshotFile.Reader(disk.open(path), path, snapshot);
    }

    /**
     * Checks that what the log begins with is there; the checksum of its contents is verified when it is read.
     *
     * @throws CorruptionException if it is not
     */
    public synchronized void checkNeeded(Snapshot marker) throws IOException {
        if (marker.getData().isEmpty()) {
            return;
        }
        var found = stored.get(id(marker));
        var path = path(marker, SUFFIX);
        if (found == null || !SnapshotFormat.sameFile(found, marker)) {
            throw new CorruptionException(path, 0, "the snapshot that the log goes on behind is missing or damaged");
        }
        neededByLog = marker;
    }

    /** Deletes what an earlier process did not finish writing. Of what it did not finish receiving the newest stays, to be resumed. */
    public void deleteUnfinished() throws IOException {
        var newest = newest();
        parts.deleteAllButNewest(newest.isEmpty() ? "" : fileName(newest.get(), SUFFIX));
    }

    /** Says that the log names this snapshot from now on: it is kept, and the one before no longer for the log's sake. */
    public synchronized void neededByLog(Snapshot marker) {
        neededByLog = marker.getData().isEmpty() ? null : marker;
    }

    /**
     * Begins a snapshot.
     *
     * @param index the last entry that the state covers
     * @param term of that entry
     * @param confState the configuration as of that entry
     */
    public SnapshotFile.Writer create(long index, long term, ConfState confState) throws IOException {
        return create(index, term, confState, false);
    }

    /**
     * As {@link #create}, for a snapshot that does not hold everything: it is never sent, and serves a restart of this
     * member only.
     */
    public SnapshotFile.Writer createLocal(long index, long term, ConfState confState) throws IOException {
        return create(index, term, confState, true);
    }

    /** The files that are being written or received now. */
    public SnapshotWrites writes() {
        return writes;
    }

    private SnapshotFile.Writer create(long index, long term, ConfState confState, boolean local) throws IOException {
        var metadata = SnapshotMetadata.newBuilder()
                .setIndex(index)
                .setTerm(term)
                .setConfState(confState)
                .build();
        long id = ids.next();
        var path = directory.resolve(name(metadata, id) + SnapshotParts.WRITING_SUFFIX);
        var completion = new SnapshotCompletion(this, disk, path);
        writes.begins(completion);
        try {
            return new SnapshotFile.Writer(disk.create(path), SnapshotFormat.header(id, metadata, local), completion);
        } catch (IOException | RuntimeException | Error e) {
            writes.ends(completion);
            throw e;
        }
    }

    /**
     * Opens a snapshot for reading, after all of it was verified, which takes as long as reading it.
     *
     * @throws CorruptionException if it is damaged
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    public SnapshotFile.Reader open(Snapshot snapshot) throws IOException {
        var path = path(snapshot, SUFFIX);
        return new SnapshotFile.Reader(disk.open(path), path, snapshot);
    }

    /** As {@link #open}, of a file that is not in the store yet; reading it ends with the member. */
    SnapshotFile.Reader openUnnamed(Path path, Snapshot snapshot) throws IOException {
        return new SnapshotFile.Reader(disk.open(path), path, snapshot, writes::checkNotEnded);
    }

    /** The newest one there is, by index and term, whether the log names it or not. */
    public synchronized Optional<Snapshot> newest() {
        return stored.values().stream().max(BY_AGE);
    }

    /**
     * Keeps a snapshot from being deleted, and reads its bytes for sending. Does not look at the disk: the file is opened by the
     * first read.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    public SnapshotPin pin(Snapshot snapshot) throws IOException {
        long id = id(snapshot);
        var path = path(snapshot, SUFFIX);
        synchronized (this) {
            if (!stored.containsKey(id)) {
                throw new NoSuchFileException(path.toString());
            }
            pins.merge(id, 1, Integer::sum);
        }
        return new SnapshotPin(
                () -> unpin(id), disk, path, SnapshotFormat.descriptor(snapshot).getLength());
    }

    /**
     * Keeps the newest snapshot that holds everything from being deleted, as {@link #pin} does.
     *
     * @param leastIndex an older one will not do
     * @return null if there is none
     */
    public synchronized @Nullable PinnedSnapshot pinNewestComplete(long leastIndex) throws IOException {
        for (var snapshot : stored.values().stream().sorted(BY_AGE.reversed()).toList()) {
            if (snapshot.getMetadata().getIndex() >= leastIndex && !isLocal(snapshot)) {
                return new PinnedSnapshot(snapshot, pin(snapshot));
            }
        }
        return null;
    }

    private synchronized void unpin(long id) {
        pins.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
    }

    /**
     * Takes in a snapshot from elsewhere. What an earlier attempt has received of it is kept: {@link IncomingSnapshot#offset} says how
     * much. What was received of others, and is not being received now, is deleted: nobody goes on with it.
     *
     * @throws IOException also if it is being received already
     */
    public IncomingSnapshot receive(Snapshot snapshot) throws IOException {
        var partName = fileName(snapshot, SnapshotParts.SUFFIX);
        synchronized (this) {
            if (receiving.contains(partName)) {
                throw new IOException("the snapshot is being received already: " + path(snapshot, SUFFIX));
            }
            writes.begins(partName);
            receiving.add(partName);
        }
        try {
            var complete = path(snapshot, SUFFIX);
            boolean isComplete;
            DiskFile file;
            synchronized (partsLock) {
                parts.deleteAllBut(receivingNow());
                isComplete = disk.exists(complete);
                file = isComplete ? disk.open(complete) : parts.open(partName);
            }
            return new IncomingSnapshot(
                    this, snapshot, isComplete ? complete : directory.resolve(partName), file, isComplete);
        } catch (IOException | RuntimeException | Error e) {
            received(snapshot);
            throw e;
        }
    }

    private synchronized Set<String> receivingNow() {
        return Set.copyOf(receiving);
    }

    synchronized void received(Snapshot snapshot) throws IOException {
        var partName = fileName(snapshot, SnapshotParts.SUFFIX);
        receiving.remove(partName);
        writes.ends(partName);
    }

    /** Gives a file that is durable its name, if it does not have it, and the store knows it from then on. */
    void complete(Path from, Snapshot snapshot) throws IOException {
        DurableName.give(disk, from, path(snapshot, SUFFIX));
        synchronized (this) {
            stored.put(id(snapshot), snapshot);
        }
    }

    /** A received file that turned out to be something else, or to be of no use; the next attempt begins anew. */
    void discard(Path path, Snapshot snapshot) throws IOException {
        disk.delete(path);
        synchronized (this) {
            stored.remove(id(snapshot));
        }
    }

    /**
     * Deletes all but the newest ones, what is pinned, and the one that the log needs; also what was received in part of
     * older ones. One that is not older than what the log needs may be on its way into it, and stays: a process that died behind the
     * making of a snapshot, and before the log knew it, leaves one that is of the same index as the next.
     *
     * @param newestCount at least 1
     */
    public void retain(int newestCount) throws IOException {
        if (newestCount < 1) {
            throw new IllegalArgumentException("at least one snapshot must be kept, not " + newestCount);
        }
        for (var path : takeSuperfluous(newestCount)) {
            disk.delete(path);
        }
        var newest = newest();
        if (newest.isPresent()) {
            synchronized (partsLock) {
                for (var path : parts.olderThan(fileName(newest.get(), SUFFIX), receivingNow())) {
                    disk.delete(path);
                }
            }
        }
        disk.forceDirectory(directory);
    }

    private synchronized List<Path> takeSuperfluous(int newestCount) throws IOException {
        var paths = new ArrayList<Path>();
        var byAge = stored.values().stream().sorted(BY_AGE.reversed()).toList();
        for (var snapshot : byAge.subList(Math.min(newestCount, byAge.size()), byAge.size())) {
            long id = id(snapshot);
            boolean received = receiving.contains(fileName(snapshot, SnapshotParts.SUFFIX));
            if (isOlderThanNeeded(snapshot) && !pins.containsKey(id) && !received) {
                paths.add(path(snapshot, SUFFIX));
                stored.remove(id);
            }
        }
        return paths;
    }

    private boolean isOlderThanNeeded(Snapshot snapshot) {
        return neededByLog != null && BY_AGE.compare(snapshot, neededByLog) < 0;
    }

    /** Size of all files, those not yet complete included. */
    public long sizeBytes() throws IOException {
        long total = 0;
        for (var name : disk.list(directory)) {
            try (var file = disk.open(directory.resolve(name))) {
                total += file.size();
            } catch (NoSuchFileException e) {
                log.debug("Deleted meanwhile: {}", name);
            }
        }
        return total;
    }

    /**
     * Whether a snapshot serves a restart of the member that made it only.
     *
     * @throws IOException if it is none of this storage
     */
    public static boolean isLocal(Snapshot snapshot) throws IOException {
        return SnapshotFormat.descriptor(snapshot).getLocal();
    }

    /**
     * The size of a snapshot's file, 0 if it has none.
     *
     * @throws IOException if it is none of this storage
     */
    public static long sizeBytes(Snapshot snapshot) throws IOException {
        return SnapshotFormat.descriptor(snapshot).getLength();
    }

    private static long id(Snapshot snapshot) throws IOException {
        long id = SnapshotFormat.descriptor(snapshot).getId();
        if (id == 0) {
            throw new IOException("the snapshot at " + snapshot.getMetadata().getIndex() + " has no file");
        }
        return id;
    }

    private Path path(Snapshot snapshot, String suffix) throws IOException {
        return directory.resolve(fileName(snapshot, suffix));
    }

    private static String fileName(Snapshot snapshot, String suffix) throws IOException {
        return name(snapshot.getMetadata(), id(snapshot)) + suffix;
    }

    /** So that the order of the names is that of the entries. */
    private static String name(SnapshotMetadata metadata, long id) {
        return String.format(Locale.ROOT, "%020d-%020d-%016x", metadata.getIndex(), metadata.getTerm(), id);
    }
}
