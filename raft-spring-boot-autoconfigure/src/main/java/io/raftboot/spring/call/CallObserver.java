package io.raftboot.spring.call;

import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stands around the calls of a template while they are under way. Must not throw, but for what the call itself throws. Any thread. */
public interface CallObserver {
    /** Looks at nothing. */
    CallObserver NONE = new CallObserver() {};

    /**
     * Has a command submitted.
     *
     * @param operation name of the command; null for one in bytes
     * @param call to be made once, on the calling thread
     * @return done with what the call's own is done with
     */
    default CompletableFuture<Outcome> command(
            String machine, @Nullable String operation, Supplier<CompletableFuture<Outcome>> call) {
        return call.get();
    }

    /**
     * Has a query answered.
     *
     * @param operation name of the query; null for one in bytes
     * @param call to be made once, on the calling thread
     * @return done with what the call's own is done with
     */
    default CompletableFuture<ReadOutcome> query(
            String machine,
            @Nullable String operation,
            Consistency consistency,
            Supplier<CompletableFuture<ReadOutcome>> call) {
        return call.get();
    }
}
