package io.raftboot.replica;

/**
 * Something that is done to a world.
 *
 * @param atStep behind so many events
 * @param kind what it is
 * @param who whom it hits, as a number that is taken for one of those that are there by then
 * @param what what exactly is done, likewise
 */
record Fault(long atStep, Kind kind, int who, int what) {
    /** What can be done. */
    enum Kind {
        /** A process dies: killed, or with the power of its machine. */
        CRASH,
        /** One that is down comes back. */
        RESTART,
        /** A process dies in the midst of what it does with its disk. */
        DEATH_AT_DISK,
        DISK_SLOW,
        DISK_HANGS,
        DISK_FULL,
        /** The next operation of a kind fails, or all of them do. */
        DISK_FAILS,
        DISK_MENDED,
        /** A process stands still in the midst of a step. */
        STANDS_IN_STEP,
        /** A process stands still. */
        PAUSE,
        /** What one member sends another is lost, and what that answers is not. */
        CUT_ONE_WAY,
        CUT_BOTH_WAYS,
        /** One member is alone. */
        ISOLATE,
        /** Two groups, neither of which hears of the other. */
        PARTITION,
        /** Each is reached again. */
        HEAL,
        /** What is sent is lost, comes late, or comes twice, more or less often than before. */
        WEATHER,
        /** What one member sends another takes long. */
        CLOG,
        /** Connections between two members end, for both, for one, or for neither as far as they know. */
        RESET,
        TRANSFER,
        SNAPSHOT,
        /** A member campaigns out of turn. */
        CAMPAIGN,
        WALL_CLOCK_JUMPS,
        CLOCK_JUMPS,
        /** The members of the group change. */
        CHANGE,
        /** A directory is lost. */
        WIPE,
        /** Many commands at once. */
        BURST,
        /** A process ends in order, most often after its member has handed over. */
        STOP,
        /** Each process in turn ends in order and comes back, the next one once it has caught up. */
        ROLLING_RESTART,
        /** A bit of a log or a snapshot flips while its process is down, which comes back, or is refused and replaced. */
        ROT,
        /** A process that nobody asked for begins, with an empty directory and the address of one member or more, and announces itself. */
        JOIN,
        /** A process that is no member any more, or never was one, comes back with the directory that it had. */
        REVIVE,
        /** A member comes back at another address, which somebody may have told the group before. */
        MOVE,
        /** A machine fails, and is not mended for long. */
        VANISH,
        /** Whoever leads in the midst of a change of the members leads no more. */
        CHANGE_CROSSED,
        /** A learner gets a vote and does not hear of it before it is asked for that vote. */
        PROMOTED_UNHEARD,
        /** A member gets another certificate, by the same issuer or on the way to another one. */
        CERTIFICATE,
        /** A member is offered a certificate that it must not take, or shows one that nobody may believe. */
        BAD_CERTIFICATE
    }
}
