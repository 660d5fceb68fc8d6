package io.raftboot.storage;

import io.raftboot.raft.Peer;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.storage.StorageOpenException.Problem;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RandomIds;
import io.raftboot.storage.disk.SpaceReserve;
import io.raftboot.storage.disk.UnsupportedFormatException;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogDirectory;
import io.raftboot.storage.log.LogFetcher;
import io.raftboot.storage.log.LogPosition;
import io.raftboot.storage.log.LogReader;
import io.raftboot.storage.log.LogRecovery;
import io.raftboot.storage.log.LogWriter;
import io.raftboot.storage.log.RecoveredLog;
import io.raftboot.storage.log.SegmentReader;
import io.raftboot.storage.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one member keeps on disk. Opened by one thread, which may then hand {@link #reader}, {@link #writer} and
 * {@link #snapshots} to those that own them; closed when none of them is used any more.
 */
public final class MemberStorage implements AutoCloseable {
    /** A cluster begins behind this position, so that every later member gets the configuration with a snapshot. */
    private static final LogPosition BOOTSTRAP = new LogPosition(1, 1);

    private final DataDirectory directory;
    private final LogDirectory log;
    private final boolean created;
    private final SnapshotStore snapshots;
    private final LogReader reader;
    private final LogWriter writer;

    /** Whether it held nothing but its beginning when it was opened. */
    private final boolean openedAtBeginning;

    private volatile boolean joinsNext;
    private volatile Identity identity;
    private @Nullable LogFetcher fetcher;
    private boolean closed;

    private MemberStorage(
            DataDirectory directory,
            LogDirectory log,
            Identity identity,
            boolean created,
            SnapshotStore snapshots,
            LogReader reader,
            LogWriter writer) {
        this.directory = directory;
        this.log = log;
        this.identity = identity;
        this.created = created;
        this.snapshots = snapshots;
        this.reader = reader;
        this.writer = writer;
        this.openedAtBeginning = isAtBeginning();
    }

    /** Whether it was made with the first members of a cluster, and has got nothing of any. */
    private boolean isAtBeginning() {
        return !identity.joined() && !identity.alone() && reader.lastIndex() == BOOTSTRAP.index();
    }

    /**
     * Refuses a directory that another process, or this one, has open; for whoever wants to know before anything else is
     * tried. A directory that does not exist is nobody's.
     *
     * @throws StorageOpenException naming who has it; nothing has changed
     */
    public static void checkUnlocked(Disk disk, Path path) throws StorageOpenException, IOException {
        DataDirectory.checkUnlocked(disk, path);
    }

    /**
     * Opens a member's directory, or creates it. A new one is either made completely or, whenever the process or the machine
     * dies, not there at the next opening. An existing log is read as a whole; what was begun and never acknowledged at its
     * end is cut, and all of it is durable when this returns.
     *
     * <p>A new directory begins behind an empty snapshot at index 1 whose configuration is the configured peers, or the
     * member itself if there are none; with {@link IdentityRequest#join} it begins empty.
     *
     * @throws StorageOpenException if the directory can't be used; nothing in it has changed
     * @throws IOException if the disk fails
     */
    public static MemberStorage open(Disk disk, Path path, IdentityRequest request, StorageOptions options)
            throws StorageOpenException, IOException {
        var ids = new RandomIds(options.random());
        var directory = DataDirectory.lock(disk, path);
        try {
            return open(disk, directory, request, options, ids);
        } catch (CorruptionException e) {
            directory.close();
            throw new StorageOpenException(
                    Problem.CORRUPT,
                    "The data directory " + path + " is damaged: " + e.getMessage()
                            + ". Bring back the newest whole copy of this member's directory, if there is one that is no"
                            + " older than its last run; the others go on without it as long as they are a majority. Don't"
                            + " start it with an empty directory: they would refuse it. What else can be done is in"
                            + " docs/operations.md",
                    e);
        } catch (UnsupportedFormatException e) {
            directory.close();
            throw new StorageOpenException(Problem.UNSUPPORTED_VERSION, String.valueOf(e.getMessage()), e);
        } catch (IOException | StorageOpenException | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private static MemberStorage open(
            Disk disk, DataDirectory directory, IdentityRequest request, StorageOptions options, RandomIds ids)
            throws StorageOpenException, IOException {
        var reserve = SpaceReserve.open(disk, directory.path());
        var target = new LogDirectory(disk, directory.log(), options, ids, reserve);
        var identity = directory.identity();
        boolean created = identity == null;
        if (identity == null) {
            identity = Identity.create(request, ids);
            directory.beginCreation(identity);
            create(directory, target, identity);
        } else {
            directory.dropBegunCreation();
        }
        OwnerChecks.checkIdentity(directory, request, identity);
        var recovery = LogRecovery.scan(disk, directory.log());
        var log = recovery.log();
        OwnerChecks.checkPeers(directory, request, identity, log);
        var snapshots = SnapshotStore.open(disk, directory.snapshots(), ids);
        snapshots.checkNeeded(log.marker);

        recovery.repair();
        snapshots.deleteUnfinished();
        var reader = new LogReader(disk, directory.log(), options.cacheSizeBytes(), log);
        var writer = LogWriter.open(target, snapshots::neededByLog, log);
        return new MemberStorage(directory, target, identity, created, snapshots, reader, writer);
    }

    private static void create(DataDirectory directory, LogDirectory target, Identity identity) throws IOException {
        var initial = new RecoveredLog();
        if (!identity.joined()) {
            var voters = identity.bootstrapPeers().isEmpty()
                    ? List.of(identity.nodeId())
                    : identity.bootstrapPeers().stream().map(Peer::id).toList();
            initial.terms.reset(BOOTSTRAP);
            initial.marker = Snapshot.newBuilder()
                    .setMetadata(SnapshotMetadata.newBuilder()
                            .setIndex(BOOTSTRAP.index())
                            .setTerm(BOOTSTRAP.term())
                            .setConfState(ConfState.newBuilder().addAllVoters(voters)))
                    .build();
            initial.hardState = HardState.newBuilder()
                    .setTerm(BOOTSTRAP.term())
                    .setVote(0)
                    .setCommit(BOOTSTRAP.index())
                    .build();
        }
        LogWriter.create(target, initial);
        directory.completeCreation();
    }

    /** Any thread. */
    public Identity identity() {
        return identity;
    }

    /** Whether the directory was new. */
    public boolean created() {
        return created;
    }

    public LogReader reader() {
        return reader;
    }

    /**
     * The log for a core that must not wait for the disk; once, before the core is built. It goes on with {@link #reader},
     * and belongs to the same thread.
     *
     * @param executor reads entries back, one task at a time; has ended before {@link #close}
     */
    public FetchedLog fetchedLog(Executor executor) {
        var options = log.options();
        fetcher = new LogFetcher(new SegmentReader(log.disk(), log.path()), executor, options.clock());
        return new FetchedLog(reader, fetcher, options.cacheSizeBytes());
    }

    public LogWriter writer() {
        return writer;
    }

    public SnapshotStore snapshots() {
        return snapshots;
    }

    /** How small a segment of the log may be. */
    public long leastSegmentSizeBytes() {
        return writer.leastSegmentSizeBytes();
    }

    /** Room kept for a full disk; empty until it is filled. */
    public SpaceReserve reserve() {
        return log.reserve();
    }

    /** How much room there is on the directory's file system, the reserve not counted. Any thread. */
    public Disk.Space space() throws IOException {
        return log.disk().space(directory.path());
    }

    /**
     * Notes the id of the cluster that this member has joined, durably. Any thread.
     *
     * @throws IllegalStateException if it belongs to another one
     */
    public synchronized void learnClusterId(long clusterId) throws IOException {
        if (identity.clusterId() == clusterId) {
            return;
        }
        if (identity.clusterId() != 0) {
            throw new IllegalStateException("the member belongs to cluster " + Long.toHexString(identity.clusterId())
                    + ", not to " + Long.toHexString(clusterId));
        }
        var learned = identity.withClusterId(clusterId);
        directory.replace(learned);
        identity = learned;
    }

    /**
     * Counts one more run of the member, durably. To be called once a run, before the member says anything to others. Any
     * thread.
     *
     * @param leases whether leaders may count on this run of the member, see {@link Identity#leases()}
     */
    public synchronized void beginRun(boolean leases) throws IOException {
        var next = identity.withNextRun(leases);
        directory.replace(next);
        identity = next;
    }

    /**
     * Notes that the member was removed from its cluster, durably: the directory is of no use to it any more. Any thread.
     *
     * @param removed when and by whom, for people
     */
    public synchronized void noteRemoval(String removed) throws IOException {
        if (identity.removed() == null) {
            var next = identity.withRemoval(removed);
            directory.replace(next);
            identity = next;
        }
    }

    /**
     * Whether the directory was made with the first members of a cluster, and held nothing else when it was opened: then
     * {@link #joinNext} can be asked for. Any thread.
     */
    public boolean openedAtBeginning() {
        return openedAtBeginning;
    }

    /** The index behind which a cluster begins. */
    public long beginning() {
        return BOOTSTRAP.index();
    }

    /**
     * Has {@link #close} make the directory anew, as one of a member that joins, if it still holds nothing but its beginning: the
     * cluster that it was made to begin goes on without it. Who dies meanwhile finds the one or the other. Any thread.
     *
     * @throws IllegalStateException if it held more when it was opened
     */
    public void joinNext() {
        if (!openedAtBeginning) {
            throw new IllegalStateException(
                    "the directory " + directory.path() + " holds what it got from its cluster");
        }
        joinsNext = true;
    }

    /**
     * Makes this the directory of the same member in another cluster, durably: members of the one before and it refuse each
     * other from now on. For tools, on a member that does not run.
     *
     * @param clusterId not 0, and another one than before
     * @param peers the members of the other cluster, this one included
     * @param forkIndex the new cluster's first entries, which are about to be appended, end here
     */
    public synchronized void moveToCluster(long clusterId, List<Peer> peers, long forkIndex) throws IOException {
        if (clusterId == 0 || clusterId == identity.clusterId()) {
            throw new IllegalArgumentException("another cluster needs another id than " + Long.toHexString(clusterId));
        }
        var ancestor = new Ancestor(identity.clusterId(), reader.lastIndex(), forkIndex);
        var moved = identity.withNewCluster(clusterId, peers, ancestor);
        directory.replace(moved);
        identity = moved;
    }

    /**
     * Whether {@link #moveToCluster} was not followed by the entries with which the other cluster begins: who moved it died in
     * between. Such a directory is that of neither cluster; what was begun has to be done to its end.
     */
    public boolean isMoveUnfinished() {
        return identity.isMoveUnfinished(reader.lastIndex());
    }

    /**
     * Writes the newest commit index, closes the files and gives up the lock. To be called when the threads that own reader and
     * writer have ended. After a failed write nothing more is written. Last comes what {@link #joinNext} asked for.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (directory) {
            boolean joins = joinsNext && isAtBeginning();
            if (fetcher != null) {
                fetcher.close();
            }
            reader.close();
            writer.close();
            if (joins) {
                var joining = identity.joiningAnew(new RandomIds(log.options().random()));
                directory.beginCreationAnew(joining);
                create(directory, log, joining);
            }
        }
    }
}
