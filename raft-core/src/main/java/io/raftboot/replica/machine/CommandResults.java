package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.replica.proto.CommandFailure;
import io.raftboot.replica.proto.CommandResult;

/** What an applied command came to, as it is kept for those who ask again. */
final class CommandResults {
    private CommandResults() {}

    /**
     * A copy of the result that nobody else refers to.
     *
     * @throws IllegalArgumentException if the command was not applied
     */
    static CommandResult of(Outcome outcome) {
        if (outcome instanceof Outcome.Applied applied) {
            return CommandResult.newBuilder()
                    .setIndex(applied.index())
                    .setValue(ByteString.copyFrom(applied.value()))
                    .build();
        }
        if (outcome instanceof Outcome.Failed failed) {
            var failure = CommandFailure.newBuilder().setErrorType(failed.errorType());
            if (failed.message() != null) {
                failure.setMessage(failed.message());
            }
            return CommandResult.newBuilder()
                    .setIndex(failed.index())
                    .setFailure(failure)
                    .build();
        }
        throw new IllegalArgumentException("not the result of an applied command: " + outcome);
    }

    /** The same result for another caller; of a failure only type and message are left. */
    static Outcome outcome(CommandResult result) {
        if (result.hasFailure()) {
            var failure = result.getFailure();
            return new Outcome.Failed(
                    failure.getErrorType(),
                    failure.hasMessage() ? failure.getMessage() : null,
                    result.getIndex(),
                    null);
        }
        return new Outcome.Applied(result.getValue().toByteArray(), result.getIndex());
    }
}
