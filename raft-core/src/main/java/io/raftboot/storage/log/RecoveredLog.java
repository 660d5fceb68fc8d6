package io.raftboot.storage.log;

import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;

/** What the log on disk says; filled by {@link LogRecovery}, then the starting point of reader and writer. */
public final class RecoveredLog {
    public final TermRuns terms = new TermRuns(LogPosition.START);
    final SparseIndex index = new SparseIndex();
    public final SegmentList segments = new SegmentList();

    public HardState hardState = HardState.getDefaultInstance();

    /** The newest snapshot that the log names, made here or installed; the default instance if none. */
    public Snapshot marker = Snapshot.getDefaultInstance();

    /** Number of the last batch; 0 before the first one. */
    public long sequence;

    int checksum;

    /** Where the next batch goes in the last segment. */
    long endOffset;

    /** The last entry that changes the configuration, committed or not; 0 if there is none. */
    long configurationChangeIndex;

    /** A segment behind the last one that was written in advance; 0 if there is none. */
    long preparedSegment;

    /** Whether members may differ from those in the marker. */
    public boolean configurationMayHaveChanged() {
        return configurationChangeIndex > marker.getMetadata().getIndex();
    }
}
