package io.raftboot.storage.log;

/**
 * What a batch holds: records, each a type, a length as a varint, and a body of that length. They take effect one after
 * the other. A type that is not known is refused: it can't be skipped without losing what it means.
 */
final class RecordType {
    /** {@link EntriesRecord}: the next entries, all of one term; they follow those before without a gap. */
    static final byte ENTRIES = 1;

    /** {@code raftpb.HardState}; replaces the one before. */
    static final byte HARD_STATE = 2;

    /** {@code raftpb.Snapshot}: a state was saved here, the log goes on. */
    static final byte SNAPSHOT_TAKEN = 3;

    /** {@code raftpb.Snapshot}: a state was received, the log restarts behind it. */
    static final byte SNAPSHOT_INSTALLED = 4;

    /** {@code LogEnd}: the log ends here; entries behind it are discarded. At the beginning of a segment: where it goes on. */
    static final byte LOG_END = 5;

    private RecordType() {}
}
