package io.raftboot.proof;

import java.util.Arrays;
import java.util.List;

/** What has to happen in some run of a campaign, or the campaign has not tested what it looks as if it tested. */
public enum Sometimes {
    // Elections
    ELECTION_WON,
    ELECTION_LOST,
    ELECTION_LOST_BY_ONE_VOTE,
    TWO_CANDIDATES_OF_ONE_TERM,
    CANDIDATE_HEARD_OF_LEADER,
    CANDIDATE_CRASHED,
    VOTE_REFUSED,
    VOTE_REFUSED_TO_SHORTER_LOG,
    VOTE_REPEATED,
    VOTE_KEPT_OVER_RESTART,
    VOTE_CAME_LATE,
    PRE_VOTE_REFUSED,
    PRE_VOTE_WON_AND_VOTE_LOST,
    LEADER_DEPOSED_BY_LATER_TERM,
    LEADER_STEPPED_DOWN_WITHOUT_QUORUM,
    LEADER_CRASHED,
    LEADER_ELECTED_AGAIN,
    TWO_LEADERS_AT_ONCE,
    ONE_VOTER_LED,
    // Handing over
    TRANSFER_BEGUN,
    TRANSFER_WON,
    TRANSFER_ABANDONED,
    TIMEOUT_NOW_LOST,
    LEADER_CRASHED_WHILE_HANDING_OVER,
    // The log
    APPEND_REFUSED,
    APPEND_OF_OLDER_TERM_CAME,
    ACKNOWLEDGEMENT_OF_OLDER_TERM_CAME,
    FOLLOWER_CUT_ITS_LOG,
    FORMER_LEADER_CUT_ITS_LOG,
    COMMITTED_WITHOUT_LEADERS_DISK,
    EARLIER_TERM_NOT_COMMITTED_BY_COUNT,
    LEADER_ELECTED_WITH_UNCOMMITTED,
    // Members
    MEMBERS_CHANGED,
    JOINT_ENTERED,
    JOINT_LEFT,
    JOINT_CROSSED_BY_CRASH,
    LEADER_CRASHED_WHILE_JOINT,
    LEADER_ELECTED_WHILE_JOINT,
    LEARNER_ADDED,
    LEARNER_PROMOTED,
    LEARNER_VOTED_BEFORE_IT_KNEW,
    VOTER_DEMOTED,
    MEMBER_REMOVED,
    LEADER_REMOVED_ITSELF,
    REMOVED_MEMBER_CAMPAIGNED,
    MEMBER_CHANGE_CUT,
    MEMBERS_CAME_BY_SNAPSHOT,
    DIRECTORY_BEGUN_ANEW,
    CHANGE_BEGUN,
    CHANGE_REFUSED,
    CHANGE_DONE,
    CHANGE_CANCELLED,
    CHANGE_TAKEN_OVER,
    CHANGE_FAILED,
    CHANGE_ASKED_FOR_AGAIN,
    PLAN_TAKEN_OVER_MIDWAY,
    LEADER_LOST_IN_CHANGE,
    STEP_DONE_BEHIND_CANCEL,
    REMOVED_MEMBER_WAS_TOLD,
    REMOVED_MEMBER_HAD_MISSED_IT,
    REMOVED_DIRECTORY_REFUSED,
    JOINER_WAITED,
    JOINER_LET_IN,
    JOINED_BY_ONE_FOLLOWER,
    REMOVED_ID_WAITED,
    ADDED_ANEW,
    BEGAN_WITHOUT_ITS_GROUP,
    WIPED_MEMBER_REFUSED,
    WIPED_MEMBER_REPLACED_ITSELF,
    WIPED_MEMBER_REPLACED,
    DEAD_MEMBER_REMOVED,
    DEAD_MEMBER_EXCHANGED,
    MEMBER_MOVED,
    MOVED_AS_TOLD,
    MOVED_MEMBER_SAID_SO,
    // Snapshots
    SNAPSHOT_TAKEN,
    SNAPSHOT_SENT,
    SNAPSHOT_INTERRUPTED,
    SNAPSHOT_INSTALLED,
    SNAPSHOT_OVERTAKEN,
    SNAPSHOT_OF_NO_USE_CAME,
    SNAPSHOT_OVER_UNCOMMITTED_LOG,
    CRASH_WHILE_SNAPSHOT_CAME,
    SEGMENT_DELETED,
    // The disk
    CRASH_BEFORE_FORCE,
    UNFORCED_BATCH_SURVIVED,
    TORN_BATCH_CUT,
    FORCE_FAILED,
    ALL_CRASHED_AT_ONCE,
    ROT_DID_NO_HARM,
    ROT_REFUSED,
    // Ends in order
    MEMBER_STOPPED,
    LEADER_STOPPED,
    HANDED_OVER_TO_STOP,
    STARTED_AFTER_STOP,
    ROLLED_OVER_ALL_MEMBERS,
    // Commands
    COMMAND_REFUSED,
    COMMAND_REFUSED_FOR_SPACE,
    COMMAND_REFUSED_WITHOUT_LEADER,
    COMMAND_UNKNOWN,
    UNKNOWN_COMMAND_APPLIED,
    UNKNOWN_COMMAND_NEVER_APPLIED,
    DUPLICATE_ANSWERED_FROM_SESSION,
    SESSION_EXPIRED,
    // Reads
    READ_ANSWERED_BY_FOLLOWER,
    READ_WAITED_FOR_FIRST_ENTRY_OF_TERM,
    READ_REFUSED,
    LEASE_READ_ANSWERED,
    LEASE_HELD,
    LEASE_REFUSED,
    LOCAL_READ_WAS_OLD,
    // Connections
    CONNECTION_RESET_AND_MADE_ANEW,
    CONNECTION_LOST_BY_ONE_SIDE_AND_MADE_ANEW,
    CONNECTION_SILENT_AND_MADE_ANEW,
    // TLS
    CERTIFICATES_CHANGED,
    CONNECTIONS_RECYCLED,
    RECYCLING_HELD_BACK,
    ISSUER_EXCHANGED,
    WRONG_CERTIFICATE_NOT_TAKEN,
    START_REFUSED_FOR_ITS_CERTIFICATE,
    CERTIFICATE_NOT_BELIEVED,
    CERTIFICATE_OF_ANOTHER_REFUSED,
    SPOKE_WITHOUT_TLS,
    TLS_REQUIRED_AFTER_ROLLOUT;

    /** How often each has happened. */
    @SuppressWarnings("EnumOrdinal") // A place in an array, which is not kept.
    public static final class Counts {
        private final long[] counts = new long[Sometimes.values().length];

        public void count(Sometimes what) {
            counts[what.ordinal()]++;
        }

        public void add(Counts other) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
        }

        public long of(Sometimes what) {
            return counts[what.ordinal()];
        }

        /** What has never happened, by name. */
        public List<Sometimes> missing() {
            return Arrays.stream(Sometimes.values())
                    .filter(what -> of(what) == 0)
                    .toList();
        }

        /** A line for each, and how often it has happened. */
        @Override
        public String toString() {
            var text = new StringBuilder();
            for (var what : Sometimes.values()) {
                text.append(of(what)).append(' ').append(what).append('\n');
            }
            return text.toString();
        }
    }
}
