package io.raftboot.replica.change;

import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.membership.GroupCommands;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.proto.BeginChange;
import io.raftboot.replica.proto.SystemCommand;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;

/** Looks now and then, while this member leads, whether a change is to be begun that nobody asks for. Owned by the raft stage. */
public final class StandingOrders implements Duty {
    private final Logger log = QuietLogger.of(StandingOrders.class);

    private final Links links;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final MembershipReport report;
    private final GroupCommands group;
    private final ChangeSupport support;
    private final List<Initiative> initiatives;
    private boolean beginning;
    private long lookedNanos;
    private long begun;

    /** Nothing is done that the policy does not say. */
    public static StandingOrders of(
            MembershipPolicy policy,
            PeerIdentities identities,
            Joiners joiners,
            MemberHealth health,
            MembershipReport report,
            Means means) {
        var initiatives = Initiatives.of(policy, identities, joiners, health, means.system());
        return new StandingOrders(means, report, initiatives);
    }

    /** What it takes to begin a change. */
    public record Means(
            Links links, SystemMachine system, LeaderSeat seat, GroupCommands group, ChangeSupport support) {}

    private StandingOrders(Means means, MembershipReport report, List<Initiative> initiatives) {
        this.links = means.links();
        this.system = means.system();
        this.seat = means.seat();
        this.group = means.group();
        this.support = means.support();
        this.report = report;
        this.initiatives = List.copyOf(initiatives);
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
        initiatives.stream()
                .map(initiative -> initiative.next(present, nowNanos))
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(wish -> begin(present, wish));
    }

    private void begin(Situation present, Initiative.Wish wish) {
        beginning = true;
        log.warn("{}: {}", wish.by(), wish.why());
        var self = links.self();
        var command = SystemCommand.newBuilder()
                .setBeginChange(BeginChange.newBuilder()
                        .setKey("order-" + self.nodeId() + "-" + Long.toHexString(self.runId()) + "-" + ++begun)
                        .setConfiguration(present.configuration())
                        .addAllSteps(wish.steps())
                        .setBy(wish.by())
                        .setWantedVoters(wish.wantedVoters()));
        var unused = group.submit(command.build().toByteArray())
                .whenComplete((outcome, failure) -> links.tasks().execute(() -> beginning = false));
    }
}
