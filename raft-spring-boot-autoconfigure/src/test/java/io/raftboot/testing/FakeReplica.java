package io.raftboot.testing;

import io.raftboot.agent.Clock;
import io.raftboot.api.BackupOutcome;
import io.raftboot.api.CommandContext;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.ReplicaListener;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.api.StateMachine;
import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.EventLog;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mockito.Mockito;
import org.mockito.invocation.InvocationOnMock;

/** A {@link Replica} of one that applies on the caller's thread, and answers what a test told it to. */
public final class FakeReplica {
    /** What happened, in order: start, stop, submit, read, transfer. */
    public final List<String> events = new ArrayList<>();

    /** What has happened to the member. */
    public final EventLog happened = new EventLog(Clock.SYSTEM);

    public @Nullable Outcome nextOutcome;
    public @Nullable ReadOutcome nextReadOutcome;
    public @Nullable RuntimeException startFailure;
    public @Nullable Consistency lastConsistency;
    public @Nullable ReadOptions lastRead;
    public TransferOutcome transferOutcome = new TransferOutcome.InvalidTarget("nobody to take it");
    public boolean leader;
    public boolean neverAnswers;
    public @Nullable Long leaderId = 1L;
    public volatile ReplicaState state = ReplicaState.STOPPED;
    public volatile Map<String, ReplicaStatus.SessionState> sessions = Map.of();
    public volatile ReplicaStatus.DiskState disk = new ReplicaStatus.DiskState(1L << 40, false, false);
    public @Nullable Throwable failure;
    public List<Long> voters = List.of(1L);
    public List<Long> votersOutgoing = List.of();
    public Map<Long, ReplicaStatus.MemberProgress> progress = Map.of();
    public Map<Long, String> refusals = Map.of();
    public Map<Long, ReplicaStatus.RefusedMessages> refusedMessages = Map.of();
    public volatile ReplicaStatus.Service service = new ReplicaStatus.Service(null, 0, false, List.of(), false);
    public @Nullable String snapshotFailure;
    public long ignoredEntries;
    public List<String> skippedEntries = List.of();
    public ReplicaStatus.DivergenceState divergence = new ReplicaStatus.DivergenceState(0, 0, true, List.of());
    public long index;
    public long commitLead;
    public final FakeMembership membership = new FakeMembership();
    public @Nullable RuntimeException membershipFailure;
    public final FakeReports reports = new FakeReports();
    public SnapshotOutcome snapshotOutcome = new SnapshotOutcome.Taken(1, 4096);
    public final List<ReplicaListener> listeners = new ArrayList<>();

    public byte @Nullable [] lastCommand;

    /** Idempotency keys of the commands that had one. */
    public final List<String> keys = new ArrayList<>();

    /** Term in which this member leads, if it does. */
    public static final long TERM = 3;

    private final Supplier<Map<String, StateMachine>> machines;
    private @Nullable Map<String, StateMachine> found;

    public FakeReplica(Supplier<Map<String, StateMachine>> machines) {
        this.machines = machines;
    }

    public static FakeReplica of(Map<String, StateMachine> machines) {
        return new FakeReplica(() -> machines);
    }

    public Replica replica() {
        return Mockito.mock(Replica.class, this::answer);
    }

    private @Nullable Object answer(InvocationOnMock call) throws Throwable {
        return switch (call.getMethod().getName()) {
            case "start" -> start();
            case "stop" -> stop();
            case "state" -> state;
            case "submit" -> submit(call.getArgument(0), call.getArgument(1));
            case "submitOnce" -> submitOnce(call.getArgument(0), call.getArgument(1), call.getArgument(2));
            case "read" -> read(call.getArgument(0), call.getArgument(1), call.getArgument(2));
            case "transferLeadership" -> transfer(call.getArgument(0));
            case "membership" -> membership();
            case "reports" -> reports;
            case "takeSnapshot" -> CompletableFuture.completedFuture(snapshotOutcome);
            case "backup" ->
                CompletableFuture.completedFuture(new BackupOutcome.NotMade("there is nothing to back up"));
            case "failure" -> failure;
            case "memberEvents" -> happened;
            case "status" -> CompletableFuture.completedFuture(status());
            case "isLeader" -> leader;
            case "leaderId" -> leaderId;
            case "leadershipTerm" -> leader ? OptionalLong.of(TERM) : OptionalLong.empty();
            case "addListener" -> listen(call.getArgument(0));
            case "config" -> ReplicaConfig.builder(Path.of("unused")).build();
            case "stateMachines" -> stateMachines();
            default -> null;
        };
    }

    private @Nullable Object listen(ReplicaListener listener) {
        listeners.add(listener);
        return null;
    }

    private @Nullable Object start() {
        events.add("start");
        if (startFailure != null) {
            throw startFailure;
        }
        stateMachines();
        state = ReplicaState.RUNNING;
        leader = true;
        return null;
    }

    private @Nullable Object stop() {
        if (state == ReplicaState.RUNNING) {
            events.add("stop");
        }
        state = ReplicaState.STOPPED;
        return null;
    }

    private Map<String, StateMachine> stateMachines() {
        Map<String, StateMachine> known = found;
        if (known == null) {
            known = new LinkedHashMap<>(machines.get());
            found = known;
        }
        return known;
    }

    private CompletableFuture<Outcome> submitOnce(String machine, byte[] command, String key) {
        keys.add(key);
        return submit(machine, command);
    }

    private CompletableFuture<Outcome> submit(String machine, byte[] command) {
        lastCommand = command;
        events.add("submit");
        if (neverAnswers) {
            return new CompletableFuture<>();
        }
        if (nextOutcome != null) {
            return CompletableFuture.completedFuture(nextOutcome);
        }
        StateMachine target = stateMachines().get(machine);
        if (target == null) {
            return CompletableFuture.completedFuture(
                    new Outcome.Refused(RefusalReason.UNKNOWN_MACHINE, "no " + machine));
        }
        index++;
        try {
            var context = new CommandContext(index, 1, Instant.EPOCH.plusSeconds(index));
            byte[] value = context.call(() -> target.apply(context, command));
            return CompletableFuture.completedFuture(new Outcome.Applied(value, index));
        } catch (Exception e) {
            return CompletableFuture.completedFuture(
                    new Outcome.Failed(e.getClass().getName(), e.getMessage(), index, e));
        }
    }

    private CompletableFuture<ReadOutcome> read(String machine, byte[] query, ReadOptions options) {
        events.add("read");
        lastRead = options;
        lastConsistency = options.consistency();
        if (nextReadOutcome != null) {
            return CompletableFuture.completedFuture(nextReadOutcome);
        }
        StateMachine target = stateMachines().get(machine);
        if (target == null) {
            return CompletableFuture.completedFuture(
                    new ReadOutcome.Refused(RefusalReason.UNKNOWN_MACHINE, "no " + machine));
        }
        try {
            return CompletableFuture.completedFuture(new ReadOutcome.Answered(target.query(query), index));
        } catch (Exception e) {
            return CompletableFuture.completedFuture(new ReadOutcome.Failed(e));
        }
    }

    private CompletableFuture<TransferOutcome> transfer(@Nullable Long targetId) {
        events.add("transfer to " + targetId);
        return CompletableFuture.completedFuture(transferOutcome);
    }

    private FakeMembership membership() {
        if (membershipFailure != null) {
            throw membershipFailure;
        }
        return membership;
    }

    private ReplicaStatus status() {
        return new ReplicaStatus(
                1,
                "raft",
                "default",
                state,
                failure,
                leader ? "leader" : "follower",
                3,
                leaderId,
                index + commitLead,
                index,
                index + commitLead,
                1,
                0,
                4096,
                0,
                disk,
                new ReplicaStatus.Configuration(voters, List.of(), votersOutgoing),
                progress,
                refusals,
                refusedMessages,
                service,
                Map.of(),
                sessions,
                snapshotFailure,
                ignoredEntries,
                skippedEntries,
                divergence);
    }
}
