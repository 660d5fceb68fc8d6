package io.raftboot.spring;

import io.raftboot.api.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command. Its type tells whether the command happened: {@link Applied} and {@link Failed} did, alike on
 * all members; {@link Refused} certainly did not; {@link Unknown} may have.
 *
 * @param <T> what the command returns
 */
public sealed interface RaftResult<T> {
    /**
     * The value that the command returned.
     *
     * @throws RaftCommandException if it was applied, and its failure is its result
     * @throws RaftRefusedException if it was certainly not applied
     * @throws RaftOutcomeUnknownException if it may have been applied
     */
    @Nullable
    T get();

    /**
     * Applied.
     *
     * @param value what the command returned
     * @param index of the command in the log
     */
    record Applied<T>(@Nullable T value, long index) implements RaftResult<T> {
        @Override
        public @Nullable T get() {
            return value;
        }
    }

    /**
     * Applied, and the command's own failure is its result.
     *
     * @param errorType class name of what the state machine threw
     * @param message its message
     * @param index of the command in the log
     * @param cause what was thrown, or its like made from type and message; null where neither is there
     */
    record Failed<T>(String errorType, @Nullable String message, long index, @Nullable Exception cause)
            implements RaftResult<T> {
        @Override
        public T get() {
            throw new RaftCommandException(errorType, message, cause);
        }
    }

    /**
     * Certainly not applied, now or later.
     *
     * @param reason why
     * @param message the same for people
     */
    record Refused<T>(RefusalReason reason, String message) implements RaftResult<T> {
        /** Whether the same command may be taken later. */
        public boolean retryable() {
            return reason.retryable();
        }

        @Override
        public T get() {
            throw new RaftRefusedException(reason, message);
        }
    }

    /**
     * May have been applied, or may be yet.
     *
     * @param message why its end was not seen
     */
    record Unknown<T>(String message) implements RaftResult<T> {
        @Override
        public T get() {
            throw new RaftOutcomeUnknownException(message);
        }
    }
}
