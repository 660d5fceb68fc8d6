package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.proto.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Requests of this member that wait for their answer on one connection. Event loop only. */
final class PendingRequests {
    private final EventLoop eventLoop;
    private final long peerId;
    private final Map<Long, Pending> byId = new HashMap<>();
    private final LongSupplier nextId;

    /** @param nextId gives ids that no other request of this process has had, nor one of an earlier run of the member */
    PendingRequests(EventLoop eventLoop, long peerId, LongSupplier nextId) {
        this.eventLoop = eventLoop;
        this.peerId = peerId;
        this.nextId = nextId;
    }

    private static final class Pending {
        final CompletableFuture<ByteString> answer;
        final ScheduledFuture<?> timeout;
        boolean written;

        Pending(CompletableFuture<ByteString> answer, ScheduledFuture<?> timeout) {
            this.answer = answer;
            this.timeout = timeout;
        }
    }

    int size() {
        return byId.size();
    }

    /** Takes charge of the future; returns the id of the request. */
    long add(CompletableFuture<ByteString> answer, long timeoutNanos) {
        long id = nextId.getAsLong();
        ScheduledFuture<?> timeout = eventLoop.schedule(() -> timedOut(id), timeoutNanos, TimeUnit.NANOSECONDS);
        byId.put(id, new Pending(answer, timeout));
        return id;
    }

    /** The request is about to be written; false if it is not waited for any more. */
    boolean leaves(long id) {
        Pending pending = byId.get(id);
        if (pending == null) {
            return false;
        }
        if (pending.answer.isDone()) { // cancelled by the caller
            remove(id);
            return false;
        }
        pending.written = true;
        return true;
    }

    /** It was not even queued. */
    void notQueued(long id, String why) {
        Pending pending = remove(id);
        if (pending != null) {
            pending.answer.completeExceptionally(TransportException.notSent(why));
        }
    }

    void answered(Response response) {
        Pending pending = remove(response.getId());
        if (pending == null) {
            return; // came after its time-out
        }
        if (response.hasFailure()) {
            pending.answer.completeExceptionally(
                    TransportException.maybeSent("member " + peerId + ": " + response.getFailure()));
        } else {
            pending.answer.complete(response.getPayload());
        }
    }

    /** The connection is gone. */
    void failAll(String why) {
        // Completing a future may run the caller's code, which may ask again: not while iterating.
        Map<Long, Pending> all = new TreeMap<>(byId);
        byId.clear();
        all.values().forEach(pending -> {
            pending.timeout.cancel(false);
            pending.answer.completeExceptionally(
                    pending.written ? TransportException.maybeSent(why) : TransportException.notSent(why));
        });
    }

    private void timedOut(long id) {
        Pending pending = byId.remove(id);
        if (pending == null) {
            return;
        }
        pending.answer.completeExceptionally(
                pending.written
                        ? new TimeoutException("no answer from member " + peerId + " in time")
                        : TransportException.notSent(
                                "member " + peerId + " does not take what is sent to it; the request waited in vain"));
    }

    private @org.jspecify.annotations.Nullable Pending remove(long id) {
        Pending pending = byId.remove(id);
        if (pending != null) {
            pending.timeout.cancel(false);
        }
        return pending;
    }
}
