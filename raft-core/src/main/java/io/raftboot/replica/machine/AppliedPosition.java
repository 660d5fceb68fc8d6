package io.raftboot.replica.machine;

/**
 * How far a member is, in measures that all members have in common.
 *
 * @param index of the last applied entry
 * @param bytes of all entries applied since the log began
 * @param timeMillis agreed time
 */
public record AppliedPosition(long index, long bytes, long timeMillis) {
    public static final AppliedPosition START = new AppliedPosition(0, 0, 0);
}
