package io.raftboot.replica.command;

import io.raftboot.api.Outcome;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a member: those of its own callers, and as the leader those that other members send it. Owned by the raft stage,
 * but for what says any thread.
 */
public final class Commands implements Duty {
    private final Links links;
    private final CommandIntake intake;
    private final CommandInbox inbox;
    private final CommandRouter router;
    private final RemoteIntake remote;
    private final PendingCommands pending;
    private final AppendTraces traces;

    public Commands(
            Links links,
            CommandIntake intake,
            CommandInbox inbox,
            CommandRouter router,
            RemoteIntake remote,
            PendingCommands pending,
            AppendTraces traces) {
        this.links = links;
        this.intake = intake;
        this.inbox = inbox;
        this.router = router;
        this.remote = remote;
        this.pending = pending;
        this.traces = traces;
    }

    /** As {@link CommandIntake#submit}; any thread. */
    public CompletableFuture<Outcome> submit(String machine, byte[] payload, @Nullable String key, Duration timeout) {
        return intake.submit(machine, payload, key, timeout);
    }

    /** As {@link CommandIntake#submitToSystem}; any thread. */
    public CompletableFuture<Outcome> submitToSystem(byte[] payload) {
        return intake.submitToSystem(payload);
    }

    /** Any thread: takes commands of another member in, or refuses them. */
    public void receive(RemoteBatch batch) {
        if (remote.admit(batch)) {
            links.tasks().execute(() -> batch.commands().forEach(router::add));
        }
    }

    /** Any thread: what comes from now on is refused. */
    public void takeNoMore() {
        intake.end();
    }

    /** Any thread: done once the commands that are under way now have their outcome. */
    public CompletableFuture<Void> drained() {
        var futures = new ArrayList<CompletableFuture<Outcome>>();
        pending.forEach(command -> futures.add(command.future()));
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    /** As {@link CommandInbox#wakeWith}. */
    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }

    /** Takes in what has come; returns how much that was. */
    public int take() {
        int count = 0;
        for (Command command = inbox.poll(); command != null; command = inbox.poll()) {
            router.add(command);
            count++;
        }
        return count;
    }

    /** Sends on whatever can be sent on. */
    public void route() {
        router.route();
    }

    /** This member is ready to lead: what rested may be appended. */
    public void readyToLead() {
        router.retryResting();
    }

    /** The log is committed up to there. */
    public void committed(long index) {
        traces.committed(index);
    }

    @Override
    public void leaderChanged() {
        traces.ended("the leadership ended before it was committed");
        router.retryResting();
    }

    @Override
    public void tick(long nowNanos) {
        router.retryResting();
        var applied = links.applied().now();
        router.sweep(nowNanos, applied.term(), applied.restoredIndex());
    }

    @Override
    public void end(String why) {
        take();
        traces.ended(why);
        router.end(why);
    }
}
