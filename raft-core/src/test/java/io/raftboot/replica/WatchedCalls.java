package io.raftboot.replica;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.TransferOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is asked of a member, with somebody who sees that, and the answers. */
final class WatchedCalls {
    private final long member;
    private final MemberCalls calls;
    private final @Nullable Watcher watcher;

    /** @param watcher null if nobody watches */
    WatchedCalls(long member, MemberCalls calls, @Nullable Watcher watcher) {
        this.member = member;
        this.calls = calls;
        this.watcher = watcher;
    }

    CompletableFuture<Outcome> submit(
            String machine, byte[] payload, @Nullable String key, @Nullable Duration timeout) {
        if (watcher == null) {
            return calls.submit(machine, payload, key, timeout);
        }
        var observer = watcher.observer();
        long call = watcher.nextCall();
        observer.submitted(call, member, payload);
        return calls.submit(machine, payload, key, timeout).thenApply(outcome -> {
            observer.submitEnded(call, member, outcome);
            return outcome;
        });
    }

    CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        if (watcher == null) {
            return calls.read(machine, query, options);
        }
        var observer = watcher.observer();
        long call = watcher.nextCall();
        observer.readAsked(call, member, options.consistency());
        return calls.read(machine, query, options).thenApply(outcome -> {
            observer.readEnded(call, member, options.consistency(), outcome);
            return outcome;
        });
    }

    CompletableFuture<TransferOutcome> transferLeadership(@Nullable Long targetId) {
        return calls.transferLeadership(targetId);
    }

    CompletableFuture<SnapshotOutcome> takeSnapshot() {
        return calls.takeSnapshot();
    }
}
