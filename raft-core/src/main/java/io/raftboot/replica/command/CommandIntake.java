package io.raftboot.replica.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.raftboot.api.Outcome;
import io.raftboot.api.RaftGroup;
import io.raftboot.api.RefusalReason;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SessionPolicy;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.replica.watch.TimedCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where the commands of this member's callers come in: what can't be done is refused, the rest is put into an envelope and
 * given to the raft stage. Any thread.
 */
public final class CommandIntake {
    private final Links links;
    private final ReplicaConfig config;
    private final PendingCommands pending;
    private final CommandInbox inbox;
    private final CommandRouter router;
    private final TimedCalls timed;
    private final Set<String> machines;

    /** Sessions by the name of the state machine. */
    private final Map<String, CommandSession> sessions = new TreeMap<>();

    private volatile boolean ended;

    /** @param timed sees to it that a command does not outlast its time */
    public CommandIntake(
            Links links,
            ReplicaConfig config,
            Collection<MachineSlot> machines,
            PendingCommands pending,
            CommandInbox inbox,
            CommandRouter router,
            TimedCalls timed) {
        this.links = links;
        this.config = config;
        this.pending = pending;
        this.inbox = inbox;
        this.router = router;
        this.timed = timed;
        var clock = links.self().clock();
        var names = new TreeMap<String, MachineSlot>();
        for (MachineSlot slot : machines) {
            names.put(slot.name(), slot);
            sessions.put(slot.name(), new CommandSession(slot.name(), config.sessions(), clock, this::open));
        }
        this.machines = names.keySet();
    }

    /**
     * Looks at a key before anything is done with it.
     *
     * @throws IllegalArgumentException if it can't be the key of a command
     */
    public static void checkKey(String idempotencyKey) {
        int bytes = idempotencyKey.getBytes(StandardCharsets.UTF_8).length;
        if (idempotencyKey.isBlank() || bytes > RaftGroup.MAX_KEY_BYTES) {
            throw new IllegalArgumentException("an idempotency key must have 1 to " + RaftGroup.MAX_KEY_BYTES
                    + " bytes and not be blank, but '" + idempotencyKey + "' has " + bytes);
        }
    }

    /**
     * Takes a command of a caller in, or refuses it at once.
     *
     * @param key null for a command that the member's session tells from others
     */
    public CompletableFuture<Outcome> submit(String machine, byte[] payload, @Nullable String key, Duration timeout) {
        if (payload.length > config.maxCommandSizeBytes()) {
            return refused(
                    RefusalReason.TOO_LARGE,
                    "the command has " + payload.length + " bytes, a command may have " + config.maxCommandSizeBytes());
        }
        if (!machines.contains(machine)) {
            return refused(RefusalReason.UNKNOWN_MACHINE, noMachine(machine, machines));
        }
        String tooLong = tooLong(key != null, timeout);
        if (tooLong != null) {
            return refused(RefusalReason.INVALID, tooLong);
        }
        var envelope = envelope(machine).setPayload(UnsafeByteOperations.unsafeWrap(payload));
        if (key == null) {
            return submit(envelope, sessions.get(machine), timeout);
        }
        return submit(envelope.setIdempotencyKey(idempotencyKey(key)), null, timeout);
    }

    /** A command of the replica's own state machine, for which to be applied twice makes no difference. */
    public CompletableFuture<Outcome> submitToSystem(byte[] payload) {
        return submit(
                envelope(SystemMachine.NAME).setPayload(UnsafeByteOperations.unsafeWrap(payload)),
                null,
                config.commandTimeout());
    }

    /** What comes from now on is refused. */
    public void end() {
        ended = true;
    }

    private static String noMachine(String name, Set<String> machines) {
        return "there is no state machine '" + name + "'; there is " + machines;
    }

    /** A command must not be sent again when what it is known by may be forgotten. */
    private @Nullable String tooLong(boolean withKey, Duration timeout) {
        var policy = config.sessions();
        var kept = withKey ? policy.keyRetention() : policy.timeout();
        return SessionPolicy.outlivesRepetition(kept, timeout)
                ? null
                : "the call's time-out is " + timeout + ", and must be shorter than half of "
                        + (withKey ? "raft.session.key-retention" : "raft.session.timeout") + ", which is " + kept
                        + ": a command that is sent again later than that could be applied twice";
    }

    private CompletableFuture<Outcome> submit(
            Envelope.Builder envelope, @Nullable CommandSession session, Duration timeout) {
        // Before anything is reserved: a tracer is not of this project, and one that throws must leave nothing behind.
        var trace = links.tracer().current();
        if (trace != null) {
            envelope.setTrace(Envelopes.bytes(trace));
        }
        long bytes = (long) envelope.getPayload().size()
                + envelope.getIdempotencyKey().getKey().size();
        if (!pending.reserveBytes(bytes)) {
            return refused(
                    RefusalReason.OVERLOADED,
                    "the commands of this member that wait have as many bytes as raft.max-pending-bytes allows ("
                            + MemoryBudget.text(config.maxPendingBytes()) + "); try again later");
        }
        if (!pending.reserve()) {
            pending.releaseBytes(bytes);
            return refused(
                    RefusalReason.OVERLOADED,
                    config.maxPendingCommands() + " commands of this member wait already; try again later");
        }
        var command = new LocalCommand(envelope, deadline(timeout), pending, session, router::dropped);
        pending.add(command, bytes);
        return route(command);
    }

    /** On the raft stage: a command that needs the session waits for it. */
    private void open(CommandSession session) {
        var request = OpenSession.newBuilder()
                .setTimeoutMillis(config.sessions().timeout().toMillis())
                .setMaxSessions(config.sessions().maxSessions());
        var command = new LocalCommand(
                envelope(session.machine()).setOpenSession(request),
                deadline(config.commandTimeout()),
                pending,
                null,
                router::dropped);
        pending.addOwn(command);
        var unused = route(command).whenComplete((outcome, failure) -> opened(session, outcome));
    }

    private void opened(CommandSession session, Outcome outcome) {
        links.tasks().execute(() -> router.sessionOpened(outcome instanceof Outcome.Applied, session.opened(outcome)));
    }

    private CompletableFuture<Outcome> route(LocalCommand command) {
        timed.add(command);
        inbox.put(command);
        if (ended) {
            // The stages have ended, and may have come to it or not.
            command.end("the member has stopped");
        }
        return command.future();
    }

    private Envelope.Builder envelope(String machine) {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup(config.group())
                .setMachine(machine)
                .setAskedMember(config.nodeId())
                .setAskedRun(links.self().runId())
                .setAskedCounter(pending.nextCounter());
    }

    private IdempotencyKey.Builder idempotencyKey(String key) {
        var policy = config.sessions();
        return IdempotencyKey.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setRetentionMillis(policy.keyRetention().toMillis())
                .setMaxKeys(policy.maxKeys())
                .setMaxBytes(policy.maxKeyBytes());
    }

    private long deadline(Duration timeout) {
        return TimedCall.deadline(links.self().clock(), timeout);
    }

    private static CompletableFuture<Outcome> refused(RefusalReason reason, String message) {
        return CompletableFuture.completedFuture(new Outcome.Refused(reason, message));
    }
}
