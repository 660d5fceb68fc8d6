package io.raftboot.api;

/** What became of a read. */
public sealed interface ReadOutcome {
    /**
     * Answered.
     *
     * @param value what the state machine returned
     * @param index applied by the machine's member when it answered
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Answered(byte[] value, long index) implements ReadOutcome {}

    /**
     * The state machine's query threw.
     *
     * @param cause what it threw
     */
    record Failed(Exception cause) implements ReadOutcome {}

    /**
     * Not answered.
     *
     * @param reason why
     * @param message the same for people
     */
    record Refused(RefusalReason reason, String message) implements ReadOutcome {}
}
