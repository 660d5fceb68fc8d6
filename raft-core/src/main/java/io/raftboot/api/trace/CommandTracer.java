package io.raftboot.api.trace;

import org.jspecify.annotations.Nullable;

/**
 * Follows commands through the members: gives the trace that a command is called in, which goes with it into the log, and is told on
 * the leader and on every member what is done to a command that has one. Of a command without a trace it is told nothing. Must neither
 * block nor throw. A step that was begun ends once, on the thread that began it where that is the apply stage.
 */
public interface CommandTracer {
    /** Of a member that nobody traces. */
    CommandTracer NONE = new CommandTracer() {};

    /** On the thread that submits a command: where in a trace it is; null if it is in none that is recorded. */
    default @Nullable TraceContext current() {
        return null;
    }

    /**
     * The leader is about to propose the command. The step ends when the command is committed, or when this member does not know any
     * more what becomes of it. On the raft stage, beside others that are under way.
     *
     * @param machine name of the state machine; empty for the group's own
     */
    default Step append(TraceContext trace, String machine) {
        return Step.NONE;
    }

    /**
     * The command is about to be given to the state machine of this member, which may find that it was applied before. On the apply
     * stage, which begins no other step before this one has ended. Not called for what was committed before this run of the
     * member: that is done a second time.
     *
     * @param machine name of the state machine
     */
    default Step apply(TraceContext trace, String machine) {
        return Step.NONE;
    }

    /** Something that is done to a command, and takes a while. */
    interface Step {
        /** Nobody follows it. */
        Step NONE = new Step() {};

        /** Where the command is in the log; told at most once, before the end. */
        default void at(long term, long index) {}

        /**
         * It is over.
         *
         * @param trouble why it did not come to what it should; null if it did
         */
        default void end(@Nullable String trouble) {}
    }
}
