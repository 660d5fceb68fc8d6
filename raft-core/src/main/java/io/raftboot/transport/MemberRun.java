package io.raftboot.transport;

/**
 * One run of a member, from its start to its end, and how far its directory was when it began. The others compare: a
 * directory that is behind what an earlier run had promised is an older copy.
 *
 * @param id random, not 0
 * @param number counts the runs of the directory, from 1
 * @param term the durable one at the start
 * @param lastIndex last index of the durable log at the start
 */
public record MemberRun(long id, long number, long term, long lastIndex) {
    /** Run of a member that does not say. */
    public static final MemberRun UNKNOWN = new MemberRun(0, 0, 0, 0);

    /** Last index of a directory that was made for the first members of a group, and has got nothing of it since. */
    private static final long BEGINNING_INDEX = 1;

    /** Whether the directory held nothing at the start, as far as the member says. */
    public boolean beganEmpty() {
        return lastIndex <= BEGINNING_INDEX;
    }

    /** Whether the member says which run it is. */
    public boolean isKnown() {
        return id != 0;
    }
}
