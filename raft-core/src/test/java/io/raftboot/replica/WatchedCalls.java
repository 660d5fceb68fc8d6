package io.raftboot.replica;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import io.raftboot.simulation.SimulatedHost;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is asked of a member, with somebody who sees that, and the answers that leave its process before it dies. */
final class WatchedCalls {
    private final long member;
    private final SimulatedHost process;
    private final MemberCalls calls;
    private final @Nullable Watcher watcher;

    /** @param watcher null if nobody watches */
    WatchedCalls(long member, SimulatedHost process, MemberCalls calls, @Nullable Watcher watcher) {
        this.member = member;
        this.process = process;
        this.calls = calls;
        this.watcher = watcher;
    }

    CompletableFuture<Outcome> submit(
            String machine, byte[] payload, @Nullable String key, @Nullable Duration timeout) {
        if (watcher == null) {
            return heard(calls.submit(machine, payload, key, timeout));
        }
        var observer = watcher.observer();
        long call = watcher.nextCall();
        observer.submitted(call, member, payload);
        return heard(calls.submit(machine, payload, key, timeout)).thenApply(outcome -> {
            observer.submitEnded(call, member, outcome);
            return outcome;
        });
    }

    CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        if (watcher == null) {
            return heard(calls.read(machine, query, options));
        }
        var observer = watcher.observer();
        long call = watcher.nextCall();
        observer.readAsked(call, member, options.consistency());
        return heard(calls.read(machine, query, options)).thenApply(outcome -> {
            observer.readEnded(call, member, options.consistency(), outcome);
            return outcome;
        });
    }

    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        return heard(calls.transferLeadership(targetId));
    }

    CompletableFuture<SnapshotOutcome> takeSnapshot() {
        return heard(calls.takeSnapshot());
    }

    /** What the process of the member says, as long as there is one. */
    private <T> CompletableFuture<T> heard(CompletableFuture<T> answer) {
        var heard = new CompletableFuture<T>();
        var unused = answer.thenAccept(value -> {
            if (!process.isCrashed()) {
                heard.complete(value);
            }
        });
        return heard;
    }
}
