package io.raftboot.api.report;

import org.jspecify.annotations.Nullable;

/**
 * What another member has said of itself, if it has.
 *
 * @param report the newest; null if there is none
 * @param ageMillis of the report; null if there is none
 * @param silentMillis for how long it has not answered, since when somebody asks; null if it has answered the newest question
 * @param why it did not, for people; null if it did
 */
public record PeerReport(
        long id,
        Answer answer,
        @Nullable MemberReport report,
        @Nullable Long ageMillis,
        @Nullable Long silentMillis,
        @Nullable String why) {
    /** What came of the newest question. */
    public enum Answer {
        /** It has reported. */
        REPORTED,
        /** It did not answer. */
        SILENT,
        /** It is there, and of a version that does not know the question. */
        OLDER
    }
}
