package io.raftboot.simulation;

/** What becomes of what one member sends another, before it comes to the network and behind what that does to it. */
public interface Links {
    /** Everything comes at once. */
    Links DIRECT = new Links() {};

    /** Drawn when it is sent: whether it is lost. */
    default boolean isLost(long from, long to) {
        return false;
    }

    /** Drawn when it is sent: whether it comes twice, each time in a time of its own; not where somebody waits for its one end. */
    default boolean isRepeated(long from, long to) {
        return false;
    }

    /** Drawn when it is sent: how long it is on its way. What was sent later may come before it. */
    default long delayNanos(long from, long to) {
        return 0;
    }
}
