package io.raftboot.replica.duty;

/** Told that this member was removed from its group. Any thread. */
@FunctionalInterface
public interface RemovalNews {
    /**
     * It was removed, with the very directory that it has.
     *
     * @param atMillis time that the group agreed on, since 1970; 0 if it is not known
     * @param by who asked for it; empty if it is not known
     */
    void removed(long atMillis, String by);
}
