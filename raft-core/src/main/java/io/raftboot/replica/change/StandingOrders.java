package io.raftboot.replica.change;

import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.replica.proto.BeginChange;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.SystemCommand;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Looks now and then, while this member leads, whether a change is to be begun that nobody asks for. Owned by the raft stage. */
public final class StandingOrders implements Duty {
    private final Logger log = QuietLogger.of(StandingOrders.class);

    /** Beginning of the keys of changes that nobody has asked for. */
    private static final String KEY = "order-";

    /** Silence, in election timeouts, after which a member is not worth waiting for while something else is to be done. */
    private static final int SILENT_ELECTION_TIMEOUTS = 10;

    private final Links links;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final MembershipReport report;
    private final GroupCommands group;
    private final ChangeSupport support;
    private final MemberHealth health;
    private final List<Initiative> initiatives;
    private boolean beginning;
    private long lookedNanos;
    private long begun;

    /** Nothing is done that the policy does not say. */
    public static StandingOrders of(MembershipPolicy policy, Observed observed, MembershipReport report, Means means) {
        var initiatives = Initiatives.of(policy, observed, means);
        return new StandingOrders(means, report, observed.health(), initiatives);
    }

    /**
     * What it is by which a leader notices that something is to be done.
     *
     * @param deadAfter time without a word after which a member is taken for dead; null for never
     */
    public record Observed(
            ReturnedMembers returned,
            Joiners joiners,
            MemberHealth health,
            StepConditions conditions,
            @Nullable Duration deadAfter) {}

    /** What it takes to begin a change. */
    public record Means(
            Links links, SystemMachine system, LeaderSeat seat, GroupCommands group, ChangeSupport support) {}

    private StandingOrders(Means means, MembershipReport report, MemberHealth health, List<Initiative> initiatives) {
        this.links = means.links();
        this.system = means.system();
        this.seat = means.seat();
        this.group = means.group();
        this.support = means.support();
        this.report = report;
        this.health = health;
        this.initiatives = List.copyOf(initiatives);
        this.lookedNanos = links.self().nowNanos();
    }

    @Override
    public void tick(long nowNanos) {
        boolean due = nowNanos - lookedNanos >= links.self().electionTimeoutNanos();
        if (!due || beginning || !seat.ready() || system.changes().running() != null) {
            return;
        }
        lookedNanos = nowNanos;
        var present = report.situation();
        if (present.configuration().getVotersOutgoingCount() > 0 || support.lacking() != null) {
            return;
        }
        wishes(present, nowNanos).findFirst().ifPresent(wish -> begin(present, wish));
    }

    /** Why a process that announces itself is not added now, or that it is about to be; null if nobody adds it without being asked. */
    public @Nullable String joinerWaitsFor(MemberRecord joiner, long nowNanos) {
        var present = report.situation();
        var running = system.changes().running();
        String waits = initiatives.stream()
                .map(initiative -> initiative.joinerWaitsFor(joiner, present, nowNanos))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (waits == null) {
            return null;
        }
        if (running != null) {
            return "change " + running.getId() + " is under way, and comes first";
        }
        String lacking = support.lacking();
        return lacking != null
                ? lacking
                : cancelled(joiner.getId(), present, nowNanos).orElse(waits);
    }

    /** That somebody has put an end to what would add a process. */
    private Optional<String> cancelled(long id, Situation present, long nowNanos) {
        return initiatives.stream()
                .flatMap(initiative -> initiative.wishes(present, nowNanos).stream())
                .filter(wish -> wish.steps().stream()
                        .flatMap(step -> step.getChangesList().stream())
                        .anyMatch(change -> change.getNodeId() == id))
                .flatMap(wish -> cancelled(wish).stream())
                .findFirst()
                .map(ended -> "change " + ended.getId() + " was to add it, and " + ended.getWhy()
                        + ": somebody has to ask for it");
    }

    private Stream<Initiative.Wish> wishes(Situation present, long nowNanos) {
        return initiatives.stream()
                .flatMap(initiative -> initiative.wishes(present, nowNanos).stream())
                .filter(wish -> cancelled(wish).isEmpty());
    }

    /** What somebody has put an end to is not begun again by itself, as long as that is remembered. */
    private Optional<ChangeRecord> cancelled(Initiative.Wish wish) {
        return system.changes().past().stream()
                .filter(ended -> ended.getState() == ChangeState.CHANGE_CANCELLED
                        && ended.getBy().equals(wish.by())
                        && ended.getStepsList().equals(wish.steps()))
                .findFirst();
    }

    /**
     * Why a change that nobody asked for is not to go on; null if it is, or somebody has asked for it. What is done of it stays: it is
     * wanted, unless its member is gone and keeps others waiting, whom nobody would let in before somebody had looked.
     */
    public @Nullable String objection(ChangeRecord change, long nowNanos) {
        // What somebody has asked for says what that was; its key may be any.
        if (!change.getRequest().isEmpty()) {
            return null;
        }
        if (change.getDone() > 0) {
            return isOfTheSilent(change, nowNanos)
                            && wishes(report.situation(), nowNanos).findAny().isPresent()
                    ? "nothing is heard of its member any more, and something else is to be done"
                    : null;
        }
        boolean wanted = wishes(report.situation(), nowNanos)
                .anyMatch(wish -> wish.steps().equals(change.getStepsList()));
        return wanted ? null : "what it was begun for is not so any more";
    }

    /** Whether whom the next step is about has been silent for long. */
    private boolean isOfTheSilent(ChangeRecord change, long nowNanos) {
        long patienceNanos = SILENT_ELECTION_TIMEOUTS * links.self().electionTimeoutNanos();
        var changes = change.getSteps(change.getDone()).getChangesList();
        return !changes.isEmpty()
                && changes.stream()
                        .allMatch(single -> health.silentNanos(single.getNodeId(), nowNanos) >= patienceNanos);
    }

    private void begin(Situation present, Initiative.Wish wish) {
        beginning = true;
        links.events().warn(log, EventType.MEMBERS, EventSink.NO_NODE, "{}: {}", wish.by(), wish.why());
        var self = links.self();
        var command = SystemCommand.newBuilder()
                .setBeginChange(BeginChange.newBuilder()
                        .setKey(KEY + self.nodeId() + "-" + Long.toHexString(self.runId()) + "-" + ++begun)
                        .setConfiguration(present.configuration())
                        .addAllSteps(wish.steps())
                        .setBy(wish.by())
                        .setWantedVoters(wish.wantedVoters()));
        var unused = group.submit(command.build().toByteArray())
                .whenComplete((outcome, failure) -> links.tasks().execute(() -> beginning = false));
    }
}
