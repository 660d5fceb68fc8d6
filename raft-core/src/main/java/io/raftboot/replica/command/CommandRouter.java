package io.raftboot.replica.command;

import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.Node;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.StoppedException;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.leader.Leadership;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Brings commands to whoever leads: into this member's own log, or in batches to the leader's replica, or lets them wait
 * until a leader is known. Only what certainly was not appended is ever sent a second time. Owned by the raft stage.
 */
public final class CommandRouter {
    private final Node node;
    private final Leadership leadership;
    private final PendingCommands pending;
    private final AppliedView applied;
    private final CommandAdmission admission;
    private final CommandForwarding forwarding;
    private final AppendTraces traces;

    /** Commands that wait for a leader to be known, and if that is this member, to be ready. */
    private List<Command> waiting = new ArrayList<>();

    /** Commands refused for now by who should take them: tried again at the next tick, or when another leader is known. */
    private final List<Command> resting = new ArrayList<>();

    public CommandRouter(
            Node node,
            Leadership leadership,
            PendingCommands pending,
            AppliedView applied,
            CommandAdmission admission,
            CommandForwarding forwarding,
            AppendTraces traces) {
        this.node = node;
        this.leadership = leadership;
        this.pending = pending;
        this.applied = applied;
        this.admission = admission;
        this.forwarding = forwarding;
        this.traces = traces;
        forwarding.restWith(resting::add);
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
                forwarding.forward(local);
            } else {
                keepWaiting(local);
            }
        }
    }

    /** Has commands wait for a leader, unless that is in vain: what perhaps is in the log already waits all the same. */
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
     * @param appliedTerm read before any command's state: what is applied up to there is completed
     * @param restoredIndex of the newest snapshot that brought the state; what was in it was not seen
     */
    public void sweep(long nowNanos, long appliedTerm, long restoredIndex) {
        // In the order in which they come, which is the same in each run: sessions have no hash of their own.
        var sessions = new LinkedHashSet<CommandSession>();
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
        if (command instanceof LocalCommand own) {
            if (!own.ready()) {
                return;
            }
            if (!own.propose(applied.now().restoredIndex())) {
                return;
            }
        }
        var data = command.envelope()
                .setAgreedTimeMillis(leadership.stampMillis())
                .build()
                .toByteString();
        if (command instanceof RemoteCommand remote) {
            node.propose(data, remote.term(), traces.around(remote));
        } else {
            node.propose(data, traces.around(command));
        }
    }

    private void mayHaveCome(LocalCommand command, String how) {
        if (command.repeatable()) {
            forwarding.repeat(command);
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
                    "the leader, node " + leadership.leaderId() + ", did not take it in time" + forwarding.known());
        } else {
            command.refuse(
                    RefusalReason.NO_LEADER,
                    "no leader was known in time; are enough members up?" + leadership.explanation());
        }
    }
}
