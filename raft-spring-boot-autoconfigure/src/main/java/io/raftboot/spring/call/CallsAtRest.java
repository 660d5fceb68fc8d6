package io.raftboot.spring.call;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import java.util.concurrent.CompletableFuture;

/**
 * Explains the refusal of a call that comes while beans are made or destroyed. The member runs between the two, so no such call can
 * ever succeed, though the reason is otherwise one that passes.
 */
public final class CallsAtRest {
    private static final String BEFORE =
            "the member starts once all beans are made, so no constructor or @PostConstruct"
                    + " method can call it. Call it later, for example in a listener of ApplicationReadyEvent, in an"
                    + " ApplicationRunner, or in SmartLifecycle.start() with a phase above RaftNodeLifecycle.PHASE, as the default"
                    + " phase is";
    private static final String AFTER = "the member has stopped by the time that beans are destroyed, so no @PreDestroy"
            + " method can call it. Call it earlier, for example in a listener of ContextClosedEvent, or in"
            + " SmartLifecycle.stop() with a phase above RaftNodeLifecycle.PHASE, as the default phase is";

    private CallsAtRest() {}

    /** What to do instead; empty if the member is not at rest. */
    public static String hint(Replica replica) {
        if (replica.state() != ReplicaState.STOPPED) {
            return "";
        }
        return ": " + (replica.stateMachines().isEmpty() ? BEFORE : AFTER);
    }

    public static CompletableFuture<Outcome> command(Replica replica, CompletableFuture<Outcome> called) {
        String hint = hint(replica);
        return hint.isEmpty()
                ? called
                : called.thenApply(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.NOT_RUNNING
                                ? new Outcome.Refused(refused.reason(), refused.message() + hint)
                                : outcome);
    }

    public static CompletableFuture<ReadOutcome> query(Replica replica, CompletableFuture<ReadOutcome> called) {
        String hint = hint(replica);
        return hint.isEmpty()
                ? called
                : called.thenApply(outcome ->
                        outcome instanceof ReadOutcome.Refused refused && refused.reason() == RefusalReason.NOT_RUNNING
                                ? new ReadOutcome.Refused(refused.reason(), refused.message() + hint)
                                : outcome);
    }
}
