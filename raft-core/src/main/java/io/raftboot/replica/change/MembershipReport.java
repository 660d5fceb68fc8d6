package io.raftboot.replica.change;

import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.Voters;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.JoiningMember;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MemberState;
import io.raftboot.replica.proto.MembershipState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts together how the members are, as the leader sees them. Owned by the raft stage. */
public final class MembershipReport {
    private final Links links;
    private final SystemMachine system;
    private final LeaderSeat seat;
    private final MemberHealth health;
    private final Joiners joiners;
    private final ChangeDriver driver;
    private final @Nullable String noNewcomers;
    private Unasked unasked = (joiner, nowNanos) -> null;

    /** What the leader does about a process that announces itself, without being asked. On the raft stage. */
    @FunctionalInterface
    public interface Unasked {
        /** Why it is not added now, or that it is about to be; null if nobody adds it without being asked. */
        @Nullable
        String waitsFor(MemberRecord joiner, long nowNanos);
    }

    /** @param noNewcomers as {@link Situation#noNewcomers} */
    public MembershipReport(
            Links links,
            SystemMachine system,
            LeaderSeat seat,
            MemberHealth health,
            Joiners joiners,
            ChangeDriver driver,
            @Nullable String noNewcomers) {
        this.links = links;
        this.system = system;
        this.seat = seat;
        this.health = health;
        this.joiners = joiners;
        this.driver = driver;
        this.noNewcomers = noNewcomers;
    }

    /** Before anything runs. */
    public void askAboutJoiners(Unasked newUnasked) {
        unasked = newUnasked;
    }

    Situation situation() {
        return new Situation(links.inForce().state(), system.members(), health::isHealthy, noNewcomers);
    }

    /** Whether what is said of the others' health can be relied on: a leader that was just elected has heard of nobody. */
    boolean isSettled() {
        return health.isSettled();
    }

    /** Whether {@link #state} says how the members are, and not only that nothing was heard of them yet. */
    boolean isKnown() {
        return health.isKnown();
    }

    MembershipState state() {
        var situation = situation();
        var state = MembershipState.newBuilder()
                .setVersion(system.configurationIndex())
                .setLeader(links.self().nodeId())
                .setConfiguration(situation.configuration())
                .setFailureTolerance(Voters.of(situation.configuration()).spare(health::isHealthy))
                .addAllChanges(system.changes().all())
                .setWaitsFor(driver.waitsFor());
        situation.ids().forEach(id -> state.addMembers(member(id, situation)));
        long now = links.self().nowNanos();
        for (var joiner : joiners.all()) {
            state.addJoining(JoiningMember.newBuilder()
                    .setMember(joiner.record().toBuilder().clearStateMachines())
                    .setLastContactMillis((now - joiner.heardNanos()) / 1_000_000)
                    .setWaitsFor(joinerWaitsFor(joiner.record())));
        }
        return state.build();
    }

    private MemberState member(long id, Situation situation) {
        var known = situation.members().get(id);
        var member = MemberState.newBuilder()
                .setMember(
                        known == null || known.getRemoved()
                                ? MemberRecord.newBuilder().setId(id)
                                : known.toBuilder().clearStateMachines())
                .setDiskLow(seat.isDiskLow(id));
        var standing = health.of(id);
        if (standing == null) {
            return member.build();
        }
        member.setMatchIndex(standing.matchIndex())
                .setLagEntries(Math.max(0, health.lastIndex() - standing.matchIndex()))
                .setLagMillis(standing.lagNanos() / 1_000_000)
                .setHealthy(standing.isHealthy());
        if (standing.silentNanos() != null) {
            member.setLastContactMillis(standing.silentNanos() / 1_000_000);
        }
        if (standing.isHealthy()) {
            long healthyNanos = health.healthyForNanos(id, links.self().nowNanos());
            member.setStableSinceMillis(links.self().clock().wallMillis() - healthyNanos / 1_000_000);
        }
        return member.build();
    }

    /** For the process that announces itself, and for whoever looks for it. */
    String joinerWaitsFor(MemberRecord joiner) {
        long id = joiner.getId();
        var change = system.changes().running();
        boolean wanted = change != null
                && change.getStepsList().stream()
                        .flatMap(step -> step.getMembersList().stream())
                        .anyMatch(member -> member.getId() == id);
        if (wanted) {
            return "change " + Objects.requireNonNull(change).getId() + " adds it"
                    + (driver.waitsFor().isEmpty() ? "" : ", and waits: " + driver.waitsFor());
        }
        String waits = unasked.waitsFor(joiner, links.self().nowNanos());
        return waits == null
                ? "nobody has asked to add it: the leader, node " + links.self().nodeId() + ", waits for that"
                : waits;
    }
}
