package io.raftboot.api.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member as it sees itself. Times are ages at the moment of the report, since no two clocks are the same.
 *
 * @param work what it did lately
 * @param links how it reaches the others; empty as long as nobody wants to know
 */
public record MemberReport(
        Run run, Standing standing, Log log, Snapshot snapshot, Disk disk, Work work, List<Link> links) {
    public MemberReport {
        links = List.copyOf(links);
    }

    /** What people should look at though it keeps the member from nothing. */
    public List<String> oddities() {
        return standing.condition().oddities();
    }

    /** The same with other links. */
    public MemberReport withLinks(List<Link> newLinks) {
        return new MemberReport(run, standing, log, snapshot, disk, work, newLinks);
    }

    /**
     * The process.
     *
     * @param state in a word: {@code running}, {@code starting}, {@code stopping}, {@code stopped}, {@code failed} or {@code removed}
     * @param incarnation of its directory; 0 if it is not running
     * @param runs how often it was started with this directory
     * @param upMillis for how long it has been running; 0 if it is not
     */
    public record Run(long id, String state, long incarnation, long runs, long upMillis) {}

    /**
     * The member in its group.
     *
     * @param role as in the status
     * @param leader null if it knows none
     */
    public record Standing(
            String role, long term, @Nullable Long leader, long commitIndex, long appliedIndex, Condition condition) {
        /** One with nothing odd about it. */
        public Standing(
                String role,
                long term,
                @Nullable Long leader,
                long commitIndex,
                long appliedIndex,
                @Nullable String trouble,
                boolean stale) {
            this(role, term, leader, commitIndex, appliedIndex, new Condition(trouble, List.of(), stale));
        }

        /** As in its condition. */
        public @Nullable String trouble() {
            return condition.trouble();
        }

        /** As in its condition. */
        public boolean stale() {
            return condition.stale();
        }
    }

    /**
     * How well the member is.
     *
     * @param trouble why it can't serve its callers, in a sentence; null if it can
     * @param oddities what people should look at though it keeps the member from nothing, each a sentence: {@value #MAX_ODDITIES} at
     *     most, of {@value #MAX_ODDITY_BYTES} bytes. None of a member of an older version
     * @param stale whether the figures are from before one of its stages hung
     */
    public record Condition(@Nullable String trouble, List<String> oddities, boolean stale) {
        public static final int MAX_ODDITIES = 16;
        public static final int MAX_ODDITY_BYTES = 1024;

        public Condition {
            oddities = List.copyOf(oddities);
        }
    }

    /**
     * The log.
     *
     * @param sizeBytes on disk
     * @param segments files that it is in
     */
    public record Log(long firstIndex, long lastIndex, long sizeBytes, long segments) {}

    /**
     * The snapshots.
     *
     * @param index of the newest; 0 if there is none
     * @param sizeBytes of all, on disk
     * @param ageMillis of the newest; null if this run has not made it
     * @param failure why the newest try to make one failed; null if it did not
     */
    public record Snapshot(long index, long sizeBytes, @Nullable Long ageMillis, @Nullable String failure) {}

    /**
     * What the log is kept on.
     *
     * @param usableBytes null if that is not known
     * @param low whether that is little: as a leader it refuses commands then
     * @param hanging whether a write or a force does not come back
     */
    public record Disk(@Nullable Long usableBytes, boolean low, boolean hanging) {}

    /**
     * What the member does, of its process and not only of the run.
     *
     * @param kept whether that is kept, as it is where somebody has wanted it; the rest is absent otherwise
     * @param newest within the newest while that has ended; null if none has yet
     */
    public record Work(boolean kept, @Nullable WorkSample newest) {
        /** Nobody has wanted it. */
        public static final Work NOT_KEPT = new Work(false, null);
    }

    /** How another member is reached. */
    public enum Way {
        /** The transport can't tell. */
        UNKNOWN,
        /** On a connection that was dialled from here. */
        DIALLED,
        /** Only on a connection that the other has opened. */
        ACCEPTED_ONLY,
        /** There is no connection. */
        NONE
    }

    /**
     * How this member reaches another one.
     *
     * @param roundTripNanos of the newest question that was answered; null if none was
     * @param ageMillis since that answer
     * @param silentMillis for how long questions have not been answered, without a while in which nobody asked; null if the newest was
     * @param why there is no connection, for people; null if there is one, or nobody knows
     */
    public record Link(
            long to,
            Way way,
            @Nullable Long roundTripNanos,
            @Nullable Long ageMillis,
            @Nullable Long silentMillis,
            @Nullable String why) {}
}
