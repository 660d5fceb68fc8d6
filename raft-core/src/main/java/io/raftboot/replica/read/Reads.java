package io.raftboot.replica.read;

import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.ByteBudget;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.replica.watch.TimedCalls;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * The queries of this member's callers: takes them in, finds out what each has to see, and ends those whose time is up. Owned by
 * the raft stage, but for what says any thread.
 */
public final class Reads implements Duty {
    private final Links links;
    private final ReplicaConfig config;
    private final Map<String, MachineSlot> machines;
    private final ReadRouter router;
    private final AppliedReads applied;
    private final TimedCalls timed;
    private final ByteBudget budget;
    private volatile boolean ended;

    /** @param timed sees to it that a read does not outlast its time */
    public Reads(
            Links links,
            ReplicaConfig config,
            Map<String, MachineSlot> machines,
            ReadRouter router,
            AppliedReads applied,
            TimedCalls timed) {
        this.links = links;
        this.config = config;
        this.machines = machines;
        this.router = router;
        this.applied = applied;
        this.timed = timed;
        this.budget = new ByteBudget(config.maxPendingBytes());
    }

    /** Any thread: answers a query of a caller, or refuses it; completed on the stage or the thread that ends it. */
    public CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        var slot = machines.get(machine);
        if (slot == null) {
            return refused(
                    RefusalReason.UNKNOWN_MACHINE,
                    "there is no state machine '" + machine + "'; there is " + machines.keySet());
        }
        return begin(
                query.length, options, (deadline, onLetGo) -> new PendingRead(slot, query, options, deadline, onLetGo));
    }

    /**
     * Any thread: waits until this member's state is as fresh as a read with these options would have to see it; answered without a
     * value, with the index that is applied then.
     */
    public CompletableFuture<ReadOutcome> reach(ReadOptions options) {
        return begin(0, options, (deadline, onLetGo) -> PendingRead.ofIndex(options, deadline, onLetGo));
    }

    private CompletableFuture<ReadOutcome> begin(
            int queryBytes, ReadOptions options, BiFunction<Long, Runnable, PendingRead> newRead) {
        long bytes = (long) queryBytes + PendingRead.OVERHEAD_BYTES;
        if (!budget.reserve(bytes)) {
            return refused(
                    RefusalReason.OVERLOADED,
                    "the queries that wait at this member have as many bytes as raft.max-pending-bytes allows ("
                            + MemoryBudget.text(budget.limitBytes()) + "); try again later");
        }
        var timeout = options.timeout() == null ? config.commandTimeout() : options.timeout();
        var read = newRead.apply(TimedCall.deadline(links.self().clock(), timeout), () -> budget.release(bytes));
        timed.add(read);
        if (options.consistency() == Consistency.LOCAL && !read.boundsStaleness()) {
            applied.answer(List.of(read), options.minIndex());
        } else {
            links.tasks().execute(() -> router.add(read));
        }
        if (ended) {
            read.refuse(RefusalReason.NOT_RUNNING, "the member has stopped");
        }
        return read.future();
    }

    /** Any thread: what comes from now on is refused. */
    public void takeNoMore() {
        ended = true;
    }

    /** Serves what can be served, and starts a round for the others. */
    public void step() {
        router.route();
    }

    /** A round is confirmed. */
    public void answered(ReadState state) {
        router.answered(state);
    }

    /** Before the message leaves. */
    public void sending(Message message) {
        router.sending(message);
    }

    @Override
    public void leaderChanged() {
        router.leaderChanged();
    }

    @Override
    public void paused(long nowNanos) {
        router.paused(nowNanos);
    }

    @Override
    public void tick(long nowNanos) {
        router.expire(nowNanos);
        applied.expire(nowNanos);
    }

    @Override
    public void end(String why) {
        router.end(why);
    }

    private static CompletableFuture<ReadOutcome> refused(RefusalReason reason, String message) {
        return CompletableFuture.completedFuture(new ReadOutcome.Refused(reason, message));
    }
}
