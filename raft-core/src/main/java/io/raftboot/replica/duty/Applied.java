package io.raftboot.replica.duty;

/**
 * How far a member has applied, as one picture.
 *
 * @param index of the newest applied entry; the commands up to it are completed
 * @param term of that entry
 * @param restoredIndex of the newest snapshot that replaced the state while running: commands up to it were not seen applied
 * @param agreedTimeMillis as of that entry
 */
public record Applied(long index, long term, long restoredIndex, long agreedTimeMillis) {
    public static final Applied NOTHING = new Applied(0, 0, 0, 0);
}
