package io.raftboot.replica.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.RaftTasks;
import io.raftboot.replica.duty.RemovalNews;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResult;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to the leader in batches, and makes of its answers what is certain. What was certainly not appended comes back to be
 * tried again, and so does what may be sent twice; of the rest nobody knows until it is seen applied, or outlived. Owned by the
 * raft stage.
 */
public final class CommandForwarding {
    private static final int MAX_COMMANDS_PER_REQUEST = 512;
    private static final int MAX_BYTES_PER_REQUEST = 1024 * 1024;

    /** Takes commands that came back, and may be tried again after a rest. On the raft stage. */
    @FunctionalInterface
    interface Resting {
        void add(LocalCommand command);
    }

    private final Transport transport;
    private final Leadership leadership;
    private final AppliedView applied;
    private final RaftTasks tasks;
    private final Duration requestTimeout;
    private final RemovalNews removal;
    private Resting resting = command -> {};
    private @Nullable LeaderWays ways;

    /**
     * @param requestTimeout within which a leader has appended what it was sent
     * @param removal told if this member is one no more
     */
    public CommandForwarding(
            Transport transport,
            Leadership leadership,
            AppliedView applied,
            RaftTasks tasks,
            Duration requestTimeout,
            RemovalNews removal) {
        this.transport = transport;
        this.leadership = leadership;
        this.applied = applied;
        this.tasks = tasks;
        this.requestTimeout = requestTimeout;
        this.removal = removal;
    }

    /** From now on this is told what becomes of requests with commands. */
    public void reportTo(LeaderWays newWays) {
        ways = newWays;
    }

    /** From now on this takes the commands that came back, and may be tried again after a rest. */
    void restWith(Resting newResting) {
        resting = newResting;
    }

    /** Sends the commands to the leader, which is known. */
    void forward(List<LocalCommand> commands) {
        long term = leadership.term();
        int next = 0;
        while (next < commands.size()) {
            int bytes = 0;
            var request = SubmitRequest.newBuilder();
            var sent = new ArrayList<Sent>();
            while (next < commands.size()
                    && sent.size() < MAX_COMMANDS_PER_REQUEST
                    && (sent.isEmpty() || bytes < MAX_BYTES_PER_REQUEST)) {
                var command = commands.get(next++);
                if (command.handOver(term, applied.now().restoredIndex())) {
                    var envelope = command.envelope().build();
                    request.addCommands(envelope);
                    bytes += envelope.getSerializedSize();
                    sent.add(new Sent(command, command.attempt()));
                }
            }
            if (!sent.isEmpty()) {
                send(sent, request.setTerm(term));
            }
        }
    }

    /** A command as it was handed over; it may have been taken back since, and be under way again. */
    private record Sent(LocalCommand command, int attempt) {
        boolean isPresent() {
            return command.attempt() == attempt;
        }
    }

    private void send(List<Sent> sent, SubmitRequest.Builder submit) {
        var request = Request.newBuilder().setSubmit(submit).build();
        var answer = transport.request(leadership.leaderId(), request.toByteString(), requestTimeout);
        var unused = answer.whenComplete((response, failure) -> tasks.execute(() -> {
            report(submit.getTerm(), response != null, failure);
            forwarded(sent, response, failure);
        }));
    }

    private void forwarded(List<Sent> sent, @Nullable ByteString response, @Nullable Throwable failure) {
        var answer = response == null ? Response.getDefaultInstance() : parsed(response);
        var results = answer.getSubmit().getResultsList();
        boolean certainlyNotSent =
                answer.hasRemoved() || (failure instanceof TransportException e && e.certainlyNotSent());
        if (answer.hasRemoved()) {
            // That is said in place of any answer, and what was asked is not looked at.
            removal.removed(answer.getRemoved());
        }
        for (int i = 0; i < sent.size(); i++) {
            var command = sent.get(i).command();
            if (!sent.get(i).isPresent()) {
                // An answer that took so long that the command was taken back: it says nothing of where it is now.
                continue;
            }
            if (i < results.size()) {
                answered(command, results.get(i));
            } else if (certainlyNotSent) {
                rest(command);
            } else if (command.repeatable()) {
                repeat(command);
            }
            // Else nobody knows: it is seen applied, or outlived, or its time runs out.
        }
    }

    private void report(long term, boolean answered, @Nullable Throwable failure) {
        if (ways == null || !leadership.leaderKnown() || term != leadership.term()) {
            // What becomes of requests to a former leader says nothing of the present one.
            return;
        }
        if (answered) {
            ways.forwarded();
        } else {
            ways.forwardedInVain(failure);
        }
    }

    private void answered(LocalCommand command, SubmitResult result) {
        switch (result.getRefusal()) {
            case REFUSAL_NONE -> command.appended(result.getTerm(), result.getIndex());
            case REFUSAL_NOT_LEADER, REFUSAL_TRANSFERRING -> rest(command);
            case REFUSAL_OVERLOADED -> giveBack(command, RefusalReason.OVERLOADED, "the leader has too much to do");
            case REFUSAL_NO_SPACE -> giveBack(command, RefusalReason.NO_SPACE, result.getMessage());
            case REFUSAL_TOO_LARGE ->
                giveBack(command, RefusalReason.TOO_LARGE, "the command is larger than the leader takes");
            case REFUSAL_NOT_KNOWN_BY_ALL -> giveBack(command, RefusalReason.NOT_KNOWN_BY_ALL, result.getMessage());
            case REFUSAL_INVALID -> giveBack(command, RefusalReason.INVALID, result.getMessage());
            case UNRECOGNIZED ->
                giveBack(command, RefusalReason.INVALID, "the leader refused for a reason this member does not know");
        }
    }

    private void rest(LocalCommand command) {
        command.takeBack();
        resting.add(command);
    }

    private static void giveBack(LocalCommand command, RefusalReason reason, String message) {
        command.takeBack();
        command.refuse(reason, message);
    }

    /** It may be in the log already; it is applied once all the same. */
    void repeat(LocalCommand command) {
        if (!command.isDone()) {
            command.takeBackToRepeat();
            resting.add(command);
        }
    }

    /** What is known of why the leader does not take commands, to go on with behind a sentence. */
    String known() {
        String trouble = ways == null ? null : ways.trouble();
        return trouble == null ? "" : "; " + trouble;
    }

    private static Response parsed(ByteString response) {
        try {
            return Response.parseFrom(response);
        } catch (InvalidProtocolBufferException e) {
            return Response.getDefaultInstance();
        }
    }
}
