package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;

/**
 * What has been persisted, as the core reads it. The core never writes: it says in each {@link Ready} what is to be
 * written, and reads here what was. Between the two the entries live in the core's memory, so a storage may answer from
 * the moment the write is complete, or earlier.
 *
 * <p>Called only by the thread that drives the {@link RawNode}. A storage that another thread writes to must make its
 * own arrangements, and must never let a reader see a gap: {@code lastIndex} of a log that is being cut and appended to
 * is either the old or the new one.
 *
 * <p>The log is a snapshot, possibly the empty one of index 0, and the entries behind it without a gap. Those that the
 * snapshot covers may be kept too: {@code firstIndex} says how far back. Entries may be dropped at any time between two
 * calls, up to what the core has seen applied ({@link BasicStatus#appliedIndex}) and a snapshot covers; keeping some more
 * spares followers that lag a little the snapshot.
 *
 * <p>The checked exceptions are answers that the core expects. For a real fault, such as a file that can't be read,
 * throw an unchecked exception: the core lets it pass, and the node must not be used any more.
 */
public interface Storage {

    /** What was stored last. Called once, when the {@link RawNode} is built. */
    InitialState initialState();

    /**
     * The entries in {@code [low, high)}, as many as fit into the limit, or fewer, but always the first one.
     *
     * <p>A storage that would have to wait for them, for a disk say, may refuse and fetch them meanwhile: whoever drives the
     * node is not held up then. It has to see to it that {@link RawNode#entriesFetched} is called once some are there.
     *
     * @param low the first index, at least {@link #firstIndex()}
     * @param high the index behind the last, at most {@link #lastIndex()} + 1, greater than {@code low}
     * @param maxSizeBytes the limit on the sum of the entries' serialized sizes; {@link RaftConfig#NO_LIMIT} for none
     * @return a list that the caller may keep, and that nobody changes any more
     * @throws CompactedException if {@code low} lies before {@link #firstIndex()}
     * @throws UnavailableException if an index lies behind {@link #lastIndex()}
     * @throws EntriesTemporarilyUnavailableException if the first one is there, but has to be fetched
     */
    List<Entry> entries(long low, long high, long maxSizeBytes)
            throws CompactedException, UnavailableException, EntriesTemporarilyUnavailableException;

    /**
     * The term of the entry at {@code index}, which must lie in {@code [firstIndex() - 1, lastIndex()]}: the term of the
     * entry before the first one is kept, because a leader needs it to match a follower's log.
     *
     * @throws CompactedException if the index lies before {@code firstIndex() - 1}
     * @throws UnavailableException if the index lies behind {@link #lastIndex()}
     */
    long term(long index) throws CompactedException, UnavailableException;

    /** The index of the first entry that {@link #entries} can still give; that of the snapshot plus 1 if there is none. */
    long firstIndex();

    /** The index of the last entry; that of the snapshot if there is none behind it. */
    long lastIndex();

    /**
     * The newest snapshot there is, to be sent to a follower that needs entries which are gone. It is of an index that is
     * applied, with the configuration as of that index; its data is the application's. A member that its configuration
     * does not name ignores it and would be sent it again and again: for one that joined since, a newer one is needed.
     *
     * @throws SnapshotTemporarilyUnavailableException if there is none ready yet; the core asks again later
     */
    Snapshot snapshot() throws SnapshotTemporarilyUnavailableException;
}
