package io.raftboot.raft;

import org.slf4j.Logger;

/** What the core does when it finds that something is so that must never be so. */
final class Invariants {
    private Invariants() {}

    /** Logs an ERROR and gives the exception to throw. The node that threw it is inconsistent and must not go on. */
    static IllegalStateException broken(Logger logger, String message) {
        logger.error(message);
        return new IllegalStateException(message);
    }
}
