package io.raftboot.replica.watch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what belongs to a member, piece by piece: one piece that fails is logged, and keeps no other from its end. */
public final class Ending {
    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    private Ending() {}

    /**
     * Does one piece of it. Never throws.
     *
     * @param what it is, for the log
     */
    public static void step(String what, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            logFailed(what, e);
        }
    }

    private static void logFailed(String what, Throwable e) {
        try {
            log.error("{} failed while the member ended, which goes on all the same", what, e);
        } catch (Throwable none) {
            // Without memory for a line the end goes on, too.
        }
    }
}
