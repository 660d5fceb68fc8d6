package io.raftboot.chaos;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What is done to the members. Named in the report as it is here, in small letters. */
enum Fault {
    KILL(Needs.NOTHING),
    PAUSE(Needs.NOTHING),
    ROLLING_RESTART(Needs.NOTHING),
    WALL_CLOCK(Needs.FAKETIME),
    MONOTONIC_CLOCK(Needs.FAKETIME),
    /** All members are given other certificates, one after the other. */
    CERTIFICATES(Needs.TLS),
    /** A member comes back with a certificate that nobody believes, and then with its own. */
    WRONG_CERTIFICATE(Needs.TLS),

    /** All links of one member, or between two halves. */
    PARTITION(Needs.NAMESPACES),
    /** What one member sends, or what is sent to it. */
    ONE_WAY_PARTITION(Needs.NAMESPACES),
    /** One link of two members that both reach the others. */
    PARTIAL_PARTITION(Needs.NAMESPACES),
    /** All links of one member, off and on each second. */
    FLAPPING_PARTITION(Needs.NAMESPACES),
    LOSS(Needs.NAMESPACES),
    DELAY(Needs.PROXY),
    THROTTLE(Needs.PROXY),
    HALF_OPEN(Needs.PROXY),
    RESET(Needs.PROXY),
    FLIP(Needs.PROXY),

    TRANSFER(Needs.NOTHING),
    ADD_LEARNER(Needs.NOTHING),
    /** A new member has the address that one had who was removed. */
    ADDRESS_REUSE(Needs.NOTHING),
    PROMOTE(Needs.NOTHING),
    DEMOTE(Needs.NOTHING),
    REMOVE(Needs.NOTHING),
    REPLACE_JOINTLY(Needs.NOTHING),
    /** All members that are wanted are said, as a whole. */
    SET_MEMBERS(Needs.NOTHING),
    CANCEL_CHANGE(Needs.NOTHING),
    /** A member is elsewhere from now on. */
    MOVE(Needs.NOTHING),
    /** A member loses its directory, and comes back without it. */
    WIPE(Needs.NOTHING),
    LEADER_KILLED_IN_CHANGE(Needs.NOTHING);

    /** What a fault takes to be made. */
    enum Needs {
        NOTHING,
        FAKETIME,
        NAMESPACES,
        PROXY,
        TLS
    }

    private static final Set<Fault> PARTITIONS =
            EnumSet.of(PARTITION, ONE_WAY_PARTITION, PARTIAL_PARTITION, FLAPPING_PARTITION);

    private static final Set<Fault> MEMBERS = EnumSet.of(
            ADD_LEARNER,
            PROMOTE,
            DEMOTE,
            REMOVE,
            REPLACE_JOINTLY,
            SET_MEMBERS,
            CANCEL_CHANGE,
            MOVE,
            WIPE,
            LEADER_KILLED_IN_CHANGE);

    private final Needs needs;

    Fault(Needs needs) {
        this.needs = needs;
    }

    Needs needs() {
        return needs;
    }

    boolean isPartition() {
        return PARTITIONS.contains(this);
    }

    boolean changesMembers() {
        return MEMBERS.contains(this);
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
