package io.raftboot.api;

import org.jspecify.annotations.Nullable;

/** What became of a command. Whoever gets a {@link Refused} knows that nothing happened; an {@link Unknown} may have. */
public sealed interface Outcome {
    /**
     * Applied, on this member and in time on all.
     *
     * @param value what the state machine returned
     * @param index of the command in the log
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Applied(byte[] value, long index) implements Outcome {}

    /**
     * Applied, and the command's own failure is its result, alike on all members.
     *
     * @param errorType class name of what the state machine threw
     * @param message its message
     * @param index of the command in the log
     * @param original what was thrown, where the command was applied on the asked member; null after a retry
     */
    record Failed(String errorType, @Nullable String message, long index, @Nullable Exception original)
            implements Outcome {}

    /**
     * Certainly not applied, now or later.
     *
     * @param reason why
     * @param message the same for people
     */
    record Refused(RefusalReason reason, String message) implements Outcome {}

    /**
     * May have been applied, or may still be: it was handed over, and its end was not seen.
     *
     * @param message why the end was not seen
     */
    record Unknown(String message) implements Outcome {}
}
