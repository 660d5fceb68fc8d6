package io.raftboot.api.report;

/**
 * What a member did within a while that has ended.
 *
 * @param ageMillis time since its end
 * @param spanMillis its length
 * @param commands that callers asked of this member and that have ended
 * @param queries likewise
 * @param forces of the log that had entries in them, which are the parts
 * @param commits of entries that this member appended as the leader: parts are entries, times from the append on
 * @param notDone commands and queries among these that were refused, failed, or whose outcome is not known
 */
public record WorkSample(
        long ageMillis, long spanMillis, Figure commands, Figure queries, Figure forces, Figure commits, long notDone) {
    /**
     * Pieces of work of one kind.
     *
     * @param parts what they were made of; as many as the count where they have no parts
     * @param nanos time that all of them took
     * @param longestNanos time of the one that took longest
     */
    public record Figure(long count, long parts, long nanos, long longestNanos) {
        /** None. */
        public static final Figure NONE = new Figure(0, 0, 0, 0);
    }
}
