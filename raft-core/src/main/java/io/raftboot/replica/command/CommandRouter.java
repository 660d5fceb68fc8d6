package io.raftboot.replica.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.StoppedException;
import io.raftboot.replica.leader.LeaderWays;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Request;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResult;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings commands to whoever leads: into this member's own log, or in batches to the leader's replica, or lets them wait
 * until a leader is known. Only what certainly was not appended is ever sent a second time. Owned by the raft stage.
 */
public final class CommandRouter {
    private static final int MAX_COMMANDS_PER_REQUEST = 512;
    private static final int MAX_BYTES_PER_REQUEST = 1024 * 1024;

    private final Node node;
    private final Transport transport;
    private final Leadership leadership;
    private final PendingCommands pending;
    private final Consumer<Runnable> onRaftStage;
    private final Duration requestTimeout;
    private final LongSupplier restoredIndex;
    private final Supplier<@Nullable String> outOfSpace;
    private final CommandAdmission admission;

    private @Nullable LeaderWays ways;

    /** For a leader to be known, and if that is this member, to be ready. */
    private List<Command> waiting = new ArrayList<>();

    /** Refused for now by who should take them: tried again at the next tick, or when another leader is known. */
    private final List<Command> resting = new ArrayList<>();

    public CommandRouter(
            Node node,
            Transport transport,
            Leadership leadership,
            PendingCommands pending,
            Consumer<Runnable> onRaftStage,
            Duration requestTimeout,
            LongSupplier restoredIndex,
            Supplier<@Nullable String> outOfSpace,
            CommandAdmission admission) {
        this.node = node;
        this.transport = transport;
        this.leadership = leadership;
        this.pending = pending;
        this.onRaftStage = onRaftStage;
        this.requestTimeout = requestTimeout;
        this.restoredIndex = restoredIndex;
        this.outOfSpace = outOfSpace;
        this.admission = admission;
    }

    /** From now on this is told what becomes of requests with commands. */
    public void reportTo(LeaderWays newWays) {
        ways = newWays;
    }

    public void add(Command command) {
        waiting.add(command);
    }

    /** Sends on whatever can be sent on. */
    public void route() {
        if (waiting.isEmpty()) {
            return;
        }
        if (leadership.leads()) {
            if (leadership.ready()) {
                takeWaiting().forEach(this::propose);
            }
        } else {
            var local = new ArrayList<LocalCommand>(waiting.size());
            for (Command command : takeWaiting()) {
                if (command instanceof LocalCommand own) {
                    local.add(own);
                } else {
                    command.refuse(RefusalReason.NO_LEADER, "this member does not lead");
                }
            }
            if (leadership.leaderKnown()) {
                local.removeIf(command -> !command.ready());
                forward(local);
            } else {
                keepWaiting(local);
            }
        }
    }

    /** For a leader, unless that is in vain: what perhaps is in the log already waits all the same. */
    private void keepWaiting(List<LocalCommand> commands) {
        var hopeless = leadership.absence();
        for (LocalCommand command : commands) {
            if (hopeless == null || command.maybeAppended()) {
                waiting.add(command);
            } else {
                command.refuse(RefusalReason.NO_LEADER, hopeless);
            }
        }
    }

    /**
     * The state machine has answered to the opening of a session.
     *
     * @param released what had to wait for it, and is tried again: now if it is open, else after a rest
     */
    public void sessionOpened(boolean open, List<LocalCommand> released) {
        (open ? waiting : resting).addAll(released);
    }

    /** A tick has passed, or another leader is known: what rested may be tried again. */
    public void retryResting() {
        waiting.addAll(resting);
        resting.clear();
    }

    /**
     * The core did not take a command that this member proposed to itself. A core that has been stopped says so on whatever thread
     * found the command there, and not on the raft stage, which may be at work; who stopped it answers all that wait.
     */
    public void dropped(LocalCommand command, RaftException reason) {
        if (reason instanceof StoppedException) {
            return;
        }
        if (LocalCommand.overloaded(reason)) {
            command.refuse(RefusalReason.OVERLOADED, "the leader has too many uncommitted bytes; try again later");
        } else {
            resting.add(command);
        }
    }

    /**
     * Ends the commands whose time is up, and takes up again those that can't be committed any more: an entry of a later
     * term than theirs is applied, and they were not before it.
     *
     * @param appliedTerm   read before any command's state: what is applied up to there is completed
     * @param restoredIndex of the newest snapshot that brought the state; what was in it was not seen
     */
    public void sweep(long nowNanos, long appliedTerm, long restoredIndex) {
        var sessions = new HashSet<CommandSession>();
        pending.forEach(command -> {
            if (nowNanos - command.deadlineNanos() >= 0) {
                expire(command);
                if (command.session() != null) {
                    sessions.add(command.session());
                }
            } else if ((command.outlived(appliedTerm) || command.passedBy(restoredIndex)) && !command.isDone()) {
                if (command.maybeInSnapshot(restoredIndex)) {
                    mayHaveCome(command, "the entry may have come in by a snapshot");
                } else {
                    command.takeBack();
                    waiting.add(command);
                }
            }
        });
        // Their room is free, so nobody may hold on to them.
        sessions.forEach(CommandSession::dropHeld);
    }

    /** The member stops: everything that waits gets its answer. */
    public void end(String why) {
        pending.forEach(command -> command.end(why));
        for (Command command : takeWaiting()) {
            command.refuse(RefusalReason.NOT_RUNNING, why);
        }
    }

    private List<Command> takeWaiting() {
        var taken = waiting;
        waiting = new ArrayList<>();
        taken.removeIf(Command::isDone);
        return taken;
    }

    private void propose(Command command) {
        var objection = admission.objection(command);
        if (objection != null) {
            command.refuse(objection.reason(), objection.message());
            return;
        }
        String noSpace = outOfSpace.get();
        // The group's own commands go on: they are few, and a member that comes back needs them.
        if (noSpace != null && !command.content().getMachine().equals(SystemMachine.NAME)) {
            command.refuse(RefusalReason.NO_SPACE, noSpace);
            return;
        }
        if (command instanceof LocalCommand own) {
            if (!own.ready()) {
                return;
            }
            if (!own.propose(restoredIndex.getAsLong())) {
                return;
            }
        }
        var data = command.envelope()
                .setAgreedTimeMillis(leadership.stampMillis())
                .build()
                .toByteString();
        if (command instanceof RemoteCommand remote) {
            node.propose(data, remote.term(), remote);
        } else {
            node.propose(data, command);
        }
    }

    private void forward(List<LocalCommand> commands) {
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
                if (command.handOver(term, restoredIndex.getAsLong())) {
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
        var unused = answer.whenComplete((response, failure) -> onRaftStage.accept(() -> {
            report(submit.getTerm(), response != null, failure);
            forwarded(sent, response, failure);
        }));
    }

    private void forwarded(List<Sent> sent, @Nullable ByteString response, @Nullable Throwable failure) {
        var results = response == null ? List.<SubmitResult>of() : results(response);
        boolean certainlyNotSent = failure instanceof TransportException e && e.certainlyNotSent();
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

    private void repeat(LocalCommand command) {
        if (!command.isDone()) {
            command.takeBackToRepeat();
            resting.add(command);
        }
    }

    private void mayHaveCome(LocalCommand command, String how) {
        if (command.repeatable()) {
            repeat(command);
        } else {
            command.complete(new Outcome.Unknown(how));
        }
    }

    private void expire(LocalCommand command) {
        if (command.maybeAppended()) {
            command.complete(new Outcome.Unknown("not seen applied in time; it may have been, or may still be"));
        } else if (leadership.leaderKnown()) {
            command.refuse(
                    RefusalReason.TIMED_OUT,
                    "the leader, node " + leadership.leaderId() + ", did not take it in time" + known());
        } else {
            command.refuse(
                    RefusalReason.NO_LEADER,
                    "no leader was known in time; are enough members up?" + leadership.explanation());
        }
    }

    /** What is known of why, to go on with behind a sentence. */
    private String known() {
        String trouble = ways == null ? null : ways.trouble();
        return trouble == null ? "" : "; " + trouble;
    }

    private static List<SubmitResult> results(ByteString response) {
        try {
            return Response.parseFrom(response).getSubmit().getResultsList();
        } catch (InvalidProtocolBufferException e) {
            return List.of();
        }
    }
}
