package io.raftboot.proof;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;

/**
 * Sees what members in a simulation do, at the moment at which they do it, and what their cores have come to after each event. What
 * it is given belongs to the member and must not be changed. Nothing it does may change the course of the simulation: it draws
 * nothing, puts in no event, and does not throw but from {@link #afterEvent}, since within a member that would be the member's failure.
 */
public interface Observer {
    /** Amount that may be larger while a member catches up, and has to be in order in the end. */
    String LOG_ENTRIES = "entries of the log";

    /** What becomes of a process that dies, of what its disk had not been told to force. */
    enum End {
        KEPT,
        LOST,
        TORN
    }

    /** A process of a member begins; its core is told of next. */
    default void started(long member, LogView log) {}

    /** A member's process has died. */
    default void crashed(long member, End end) {}

    /** A member's directory is made anew: what it promised before was promised by another. */
    default void begunAnew(long member, ForcedLog disk) {}

    /** A message of the core is handed to the transport. */
    default void sent(long member, Message message) {}

    /** A message of another member's core reaches this member. */
    default void received(long member, Message message) {}

    /** The sending of a snapshot has ended. */
    default void snapshotSent(long member, Message message, boolean arrived) {}

    /**
     * An entry is forced to the disk of a member.
     *
     * @param term of the entry
     * @param previousTerm of the entry before it; -1 if that is not known
     * @param hash of type and data
     */
    default void entryForced(
            long member, long index, long term, long previousTerm, long hash, boolean changesMembers) {}

    /** A hard state is forced; the log has it already. */
    default void hardStateForced(long member, Promise before, Promise now) {}

    /** The log on disk ends at this index now, and before it ended at a later one, with an entry of this term. */
    default void logCut(long member, long index, long endedAt, long endedTerm) {}

    /** The log on disk begins anew behind a snapshot that was installed, or knows one that was taken. */
    default void snapshotForced(long member, Snapshot snapshot, boolean installed) {}

    /** A force has returned, and made something of the log durable. */
    default void forced(long member, ForcedLog disk) {}

    /** The core is another one than after the event before. */
    default void changed(long member, CoreState before, CoreState now, LogView log) {}

    /** The core has another configuration in force than after the event before, as of an index. */
    default void configured(long member, long index, ConfState members) {}

    /** The apply stage has got further, by entries or by a snapshot. */
    default void advanced(long member, long fromIndex, long toIndex, long toTerm) {}

    /** A state machine has applied a command. */
    default void commandApplied(long member, long index, long term, byte[] command) {}

    /**
     * The state of a member, as one number that is equal where states are.
     *
     * @param kind of state
     * @param restored whether it was restored from a snapshot just now, and not come to by entries
     */
    default void state(long member, String kind, long index, long hash, boolean restored) {}

    /** A client asks for a read. */
    default void readAsked(long call, long member, Consistency consistency) {}

    /** A read has its answer. */
    default void readEnded(long call, long member, Consistency consistency, ReadOutcome outcome) {}

    /** A client submits a command. */
    default void submitted(long call, long member, byte[] command) {}

    /** A command has its outcome. */
    default void submitEnded(long call, long member, Outcome outcome) {}

    /** How much of something that must not grow without a bound a member has at present. */
    default void amount(long member, String what, long value, long limit) {}

    /** Something else that a member or its disk has come to, by its name. */
    default void happened(long member, Sometimes what) {}

    /**
     * Faults have ended: from now on all is to become well.
     *
     * @param leaderWithinNanos of true time, until when there must be a leader
     */
    default void healed(long nowNanos, long leaderWithinNanos) {}

    /** The run is over, and has had time enough to become well. */
    default void ended() {}

    /** An event of the simulation is over, and all that came of it told. May throw. */
    default void afterEvent(long nowNanos) {}
}
