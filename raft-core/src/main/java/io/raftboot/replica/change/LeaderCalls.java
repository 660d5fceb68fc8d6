package io.raftboot.replica.change;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.proto.MembershipAnswer;
import io.raftboot.replica.proto.MembershipRequest;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Asks whoever leads about the members, again and again until one answers or the time is up. Any thread. */
public final class LeaderCalls {
    private final Logger log = QuietLogger.of(LeaderCalls.class);

    private final Self self;
    private final Transport transport;
    private final KnownLeader leader;
    private final Later later;
    private final OwnDesk desk;

    /** Who leads, a moment old; 0 if nobody is known to. Any thread. */
    @FunctionalInterface
    public interface KnownLeader {
        long id();
    }

    /** Runs a task after a while. Any thread. */
    @FunctionalInterface
    public interface Later {
        void run(Runnable task, long delayMillis);
    }

    /** Answers where this member leads itself. Any thread. */
    @FunctionalInterface
    public interface OwnDesk {
        void answer(MembershipRequest request, Consumer<MembershipAnswer> respond);
    }

    /**
     * What came of a call.
     *
     * @param answer of a leader; null if none gave one
     * @param maybeHeard whether one may have done what was asked all the same
     */
    record Result(@Nullable MembershipAnswer answer, boolean maybeHeard) {}

    public LeaderCalls(Self self, Transport transport, KnownLeader leader, Later later, OwnDesk desk) {
        this.self = self;
        this.transport = transport;
        this.leader = leader;
        this.later = later;
        this.desk = desk;
    }

    /** Never completes exceptionally, and not at all where what carries this member hangs: the caller limits that. */
    CompletableFuture<Result> call(MembershipRequest request, Duration patience) {
        var call = new Call(request, self.nowNanos() + patience.toNanos());
        call.attempt();
        return call.result;
    }

    private final class Call {
        private final MembershipRequest request;
        private final long deadlineNanos;
        private final CompletableFuture<Result> result = new CompletableFuture<>();
        private volatile boolean maybeHeard;

        Call(MembershipRequest request, long deadlineNanos) {
            this.request = request;
            this.deadlineNanos = deadlineNanos;
        }

        void attempt() {
            long to = leader.id();
            if (to == self.nodeId()) {
                desk.answer(request, this::answered);
            } else if (to != 0) {
                ask(to);
            } else {
                again();
            }
        }

        private void ask(long to) {
            var question = Request.newBuilder().setMembership(request).build().toByteString();
            var patience = Duration.ofNanos(Math.max(1, deadlineNanos - self.nowNanos()));
            var unused = transport.request(to, question, patience).whenComplete((response, failure) -> {
                if (response != null) {
                    heard(to, response);
                } else {
                    log.debug("node {} was asked in vain about the members", to, failure);
                    maybeHeard |= !(failure instanceof TransportException e && e.certainlyNotSent());
                    again();
                }
            });
        }

        private void heard(long from, ByteString response) {
            try {
                answered(Response.parseFrom(response).getMembership());
            } catch (InvalidProtocolBufferException e) {
                log.warn("node " + from + " answered what can't be read when asked about the members", e);
                maybeHeard = true;
                again();
            }
        }

        private void answered(MembershipAnswer answer) {
            if (answer.getLeads()) {
                result.complete(new Result(answer, true));
            } else {
                again();
            }
        }

        /** What is asked twice under one key is done once; a hand-over has none, and must not be asked of the next leader. */
        private void again() {
            if (request.hasTransfer() && maybeHeard) {
                result.complete(new Result(null, true));
                return;
            }
            long delayMillis = Math.max(1, self.tickInterval().toMillis());
            if (deadlineNanos - self.nowNanos() <= delayMillis * 1_000_000) {
                result.complete(new Result(null, maybeHeard));
            } else {
                later.run(this::attempt, delayMillis);
            }
        }
    }
}
