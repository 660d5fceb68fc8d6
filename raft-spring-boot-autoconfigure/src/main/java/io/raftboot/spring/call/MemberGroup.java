package io.raftboot.spring.call;

import io.raftboot.api.Outcome;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The group as its member of this process reaches it, which explains the refusal of a call that comes while beans are made or
 * destroyed. The member runs between the two, so no such call can ever succeed, though the reason is otherwise one that passes.
 */
public final class MemberGroup implements RaftGroup {
    private static final String BEFORE =
            "the member starts once all beans are made, so no constructor or @PostConstruct"
                    + " method can call it. Call it later, for example in a listener of ApplicationReadyEvent, in an"
                    + " ApplicationRunner, or in SmartLifecycle.start() with a phase above RaftNodeLifecycle.PHASE, as the default"
                    + " phase is";
    private static final String AFTER = "the member has stopped by the time that beans are destroyed, so no @PreDestroy"
            + " method can call it. Call it earlier, for example in a listener of ContextClosedEvent, or in"
            + " SmartLifecycle.stop() with a phase above RaftNodeLifecycle.PHASE, as the default phase is";

    private final Replica member;

    public MemberGroup(Replica member) {
        this.member = member;
    }

    /** What to do instead; empty if the member is not at rest. */
    public static String hint(Replica member) {
        if (member.state() != ReplicaState.STOPPED) {
            return "";
        }
        return ": " + (member.stateMachines().isEmpty() ? BEFORE : AFTER);
    }

    @Override
    public CompletableFuture<Outcome> submit(String machine, byte[] command, @Nullable Duration timeout) {
        return explained(member.submit(machine, command, timeout));
    }

    @Override
    public CompletableFuture<Outcome> submitOnce(
            String machine, byte[] command, String idempotencyKey, @Nullable Duration timeout) {
        return explained(member.submitOnce(machine, command, idempotencyKey, timeout));
    }

    @Override
    public CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        var called = member.read(machine, query, options);
        String hint = hint(member);
        return hint.isEmpty()
                ? called
                : called.thenApply(outcome ->
                        outcome instanceof ReadOutcome.Refused refused && refused.reason() == RefusalReason.NOT_RUNNING
                                ? new ReadOutcome.Refused(refused.reason(), refused.message() + hint)
                                : outcome);
    }

    private CompletableFuture<Outcome> explained(CompletableFuture<Outcome> called) {
        String hint = hint(member);
        return hint.isEmpty()
                ? called
                : called.thenApply(outcome ->
                        outcome instanceof Outcome.Refused refused && refused.reason() == RefusalReason.NOT_RUNNING
                                ? new Outcome.Refused(refused.reason(), refused.message() + hint)
                                : outcome);
    }
}
