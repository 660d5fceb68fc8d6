package io.raftboot.replica.machine;

import com.google.protobuf.UnsafeByteOperations;
import io.raftboot.api.Outcome;
import io.raftboot.replica.proto.CommandFailure;
import io.raftboot.replica.proto.CommandResult;
import org.jspecify.annotations.Nullable;

/** What an applied command came to, as it is kept for those who ask again. */
final class KeptResult {
    private static final byte[] EMPTY = new byte[0];

    private final long index;

    /** Nobody else refers to it. */
    private final byte[] value;

    private final @Nullable CommandFailure failure;

    private KeptResult(long index, byte[] value, @Nullable CommandFailure failure) {
        this.index = index;
        this.value = value;
        this.failure = failure;
    }

    /**
     * A copy of the result that nobody else refers to.
     *
     * @throws IllegalArgumentException if the command was not applied
     */
    static KeptResult of(Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            var value = applied.value();
            return new KeptResult(applied.index(), value.length == 0 ? EMPTY : value.clone(), null);
        }
        if (outcome instanceof Outcome.Failed failed) {
            var failure = CommandFailure.newBuilder().setErrorType(failed.errorType());
            if (failed.message() != null) {
                failure.setMessage(failed.message());
            }
            return new KeptResult(failed.index(), EMPTY, failure.build());
        }
        throw new IllegalArgumentException("not the result of an applied command: " + outcome);
    }

    /** As it was written. */
    static KeptResult of(CommandResult result) {
        return new KeptResult(
                result.getIndex(),
                result.hasValue() ? result.getValue().toByteArray() : EMPTY,
                result.hasFailure() ? result.getFailure() : null);
    }

    /** As it is written. */
    CommandResult toMessage() {
        var result = CommandResult.newBuilder().setIndex(index);
        return failure == null
                ? result.setValue(UnsafeByteOperations.unsafeWrap(value)).build()
                : result.setFailure(failure).build();
    }

    /** The same result for another caller; of a failure only type and message are left. */
    Outcome outcome() {
        return failure == null
                ? new Outcome.Applied(value.clone(), index)
                : new Outcome.Failed(
                        failure.getErrorType(), failure.hasMessage() ? failure.getMessage() : null, index, null);
    }
}
