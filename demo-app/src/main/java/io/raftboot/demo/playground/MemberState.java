package io.raftboot.demo.playground;

import java.util.Locale;

/** Where a member of the playground is in its life. */
enum MemberState {
    STARTING,
    RUNNING,
    /** All that it does waits. */
    PAUSED,
    STOPPING,
    /** It was closed in order, or has not been started yet. */
    STOPPED,
    /** Its end came without a warning. */
    KILLED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether there is nothing of it but its data. */
    boolean isDown() {
        return this == STOPPED || this == KILLED;
    }
}
