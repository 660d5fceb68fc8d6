package io.raftboot.spring.call;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftQueryException;
import io.raftboot.spring.RaftRefusedException;
import io.raftboot.spring.RaftResult;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what the replica says of a call into what its caller is told. */
public final class ResultFormat {
    private ResultFormat() {}

    /** What became of a command whose result is taken as it is. */
    public static RaftResult<byte[]> of(Outcome outcome, String wanted) {
        if (outcome instanceof Outcome.Applied applied) {
            return new RaftResult.Applied<>(applied.value(), applied.index());
        }
        return unsuccessful(outcome, () -> wanted, failed -> failed.original());
    }

    /** What became of a command of an annotated state machine. */
    public static <T> RaftResult<T> of(
            Outcome outcome, String machine, RaftMethod method, RaftCodec codec, Function<@Nullable Object, T> cast) {
        if (outcome instanceof Outcome.Applied applied) {
            try {
                return new RaftResult.Applied<>(cast.apply(decode(applied.value(), method, codec)), applied.index());
            } catch (IOException e) {
                return new RaftResult.Failed<>(
                        e.getClass().getName(),
                        method.describe() + " was applied, but its result can't be read: " + e.getMessage(),
                        applied.index(),
                        e);
            }
        }
        return unsuccessful(
                outcome,
                () -> machine + "." + method.name(),
                failed -> failed.original() != null
                        ? failed.original()
                        : method.rebuild(failed.errorType(), failed.message()));
    }

    private static <T> RaftResult<T> unsuccessful(
            Outcome outcome, Supplier<String> wanted, Function<Outcome.Failed, @Nullable Exception> cause) {
        if (outcome instanceof Outcome.Failed failed) {
            return new RaftResult.Failed<>(failed.errorType(), failed.message(), failed.index(), cause.apply(failed));
        }
        if (outcome instanceof Outcome.Refused refused) {
            return new RaftResult.Refused<>(refused.reason(), wanted.get() + " was refused: " + refused.message());
        }
        return new RaftResult.Unknown<>(
                "it is unknown whether " + wanted.get() + " was applied: " + ((Outcome.Unknown) outcome).message());
    }

    /**
     * The answer to a query.
     *
     * @throws RaftRefusedException if there is none
     * @throws RaftQueryException if the query failed
     */
    public static ReadOutcome.Answered answer(ReadOutcome outcome, String wanted) {
        if (outcome instanceof ReadOutcome.Answered answered) {
            return answered;
        }
        if (outcome instanceof ReadOutcome.Failed failed) {
            throw new RaftQueryException(failed.cause().getMessage(), failed.cause());
        }
        var refused = (ReadOutcome.Refused) outcome;
        throw new RaftRefusedException(refused.reason(), wanted + " was not answered: " + refused.message());
    }

    /**
     * The value that a query answered.
     *
     * @throws RaftRefusedException if there is none
     * @throws RaftQueryException if the query failed, or its answer can't be read
     */
    public static @Nullable Object answer(ReadOutcome outcome, String machine, RaftMethod method, RaftCodec codec) {
        byte[] answered = answer(outcome, machine + "." + method.name()).value();
        try {
            return decode(answered, method, codec);
        } catch (IOException e) {
            throw new RaftQueryException("the answer of " + method.describe() + " can't be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object decode(byte[] result, RaftMethod method, RaftCodec codec) throws IOException {
        return ValueFormat.decode(result, method.resultType(), codec);
    }

    public static Outcome await(CompletableFuture<Outcome> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Unknown("the thread that waited for it was interrupted");
        } catch (ExecutionException e) {
            return new Outcome.Unknown(String.valueOf(e.getCause()));
        }
    }

    public static ReadOutcome awaitRead(CompletableFuture<ReadOutcome> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ReadOutcome.Refused(
                    RefusalReason.TIMED_OUT, "the thread that waited for the answer was interrupted");
        } catch (ExecutionException e) {
            return new ReadOutcome.Failed(new IllegalStateException(e.getCause()));
        }
    }
}
