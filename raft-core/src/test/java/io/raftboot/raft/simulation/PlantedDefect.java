package io.raftboot.raft.simulation;

/** Mistakes that a driver of a node can make, to see whether the simulation finds them. */
enum PlantedDefect {
    /** The driver keeps to its contract. */
    NONE,
    /**
     * With asynchronous storage the core hands out vote requests beside the write of the term and the vote that they
     * speak for. A candidate that sends them, crashes and comes back without that term may campaign in it again, with a
     * shorter log, and count answers to its former requests; or give its vote to another.
     */
    REQUESTS_VOTES_BEFORE_FORCE,
    /** Answers leave before what they promise is on disk. */
    ANSWERS_BEFORE_FORCE,
    /** Term and vote never reach the disk. */
    FORGETS_HARD_STATE
}
