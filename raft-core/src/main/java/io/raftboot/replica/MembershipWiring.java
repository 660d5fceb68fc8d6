package io.raftboot.replica;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.change.ChangeDriver;
import io.raftboot.replica.change.ChangeSupport;
import io.raftboot.replica.change.Joiners;
import io.raftboot.replica.change.LeaderCalls;
import io.raftboot.replica.change.LeaderSeat;
import io.raftboot.replica.change.MemberHealth;
import io.raftboot.replica.change.MembershipCalls;
import io.raftboot.replica.change.MembershipDesk;
import io.raftboot.replica.change.MembershipQuestions;
import io.raftboot.replica.change.MembershipReport;
import io.raftboot.replica.change.RemovalsSettled;
import io.raftboot.replica.change.StandingOrders;
import io.raftboot.replica.change.StepConditions;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.Standing;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.space.SpacePolicy;
import io.raftboot.replica.watch.TimedCall;
import io.raftboot.replica.watch.TimedFuture;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes what has to do with changes of the members, over what the raft stage has been made of. */
final class MembershipWiring {
    final MembershipCalls calls;
    final MembershipQuestions questions;
    private final List<Duty> duties;

    MembershipWiring(
            MemberWiring member,
            Leadership leadership,
            HandOver handOver,
            SpacePolicy space,
            Standing standing,
            Commands commands,
            ChangeSupport support) {
        var links = member.links;
        var system = member.machines.system();
        var seat = new Seat(member, leadership, handOver, space, standing);
        var health = new MemberHealth(links, member.node, seat);
        var joiners = new Joiners(links.self());
        var conditions = new StepConditions(
                health,
                joiners,
                member.config.membership().stableAfter(),
                member.machines.byName().keySet());
        var driver = new ChangeDriver(links, member.node, system, seat, health, conditions, commands::submitToSystem);
        var report = new MembershipReport(links, system, seat, health, joiners, driver, noNewcomers(member));
        var desk = new MembershipDesk(links, system, seat, joiners, report, commands::submitToSystem, support);
        LeaderCalls.KnownLeader leader = () -> leadership.view().leaderId();
        var transport = member.opening.transport();
        this.questions = new MembershipQuestions(links, transport, leader, desk, member.connections, member.identities);
        var leaderCalls = new LeaderCalls(
                links.self(), transport, leader, member.threads::schedule, (request, respond) -> links.tasks()
                        .execute(() -> desk.answer(request, respond)));
        this.calls = new MembershipCalls(
                links, system, leaderCalls, leader, member.config.commandTimeout(), new Guarded(member));
        var orders = orders(
                member,
                new StandingOrders.Observed(member.returned, joiners, health, conditions, deadAfter(member)),
                report,
                new StandingOrders.Means(links, system, seat, commands::submitToSystem, support));
        driver.askWhetherWanted(orders::objection);
        var settled = new RemovalsSettled(links, system, seat, commands::submitToSystem, support);
        this.duties = List.of(joiners, health, driver, orders, settled);
    }

    private static @Nullable Duration deadAfter(MemberWiring member) {
        return member.opening.seams().deadAfter(member.config.membership());
    }

    private static StandingOrders orders(
            MemberWiring member,
            StandingOrders.Observed observed,
            MembershipReport report,
            StandingOrders.Means means) {
        var orders = StandingOrders.of(member.config.membership(), observed, report, means);
        report.askAboutJoiners(orders::joinerWaitsFor);
        return orders;
    }

    /** Why nobody can be added to this group as it was started; null if somebody can. */
    private static @Nullable String noNewcomers(MemberWiring member) {
        var unsavable = member.machines.byName().values().stream()
                .filter(slot -> !slot.machine().hasSnapshots())
                .map(MachineSlot::name)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!unsavable.isEmpty()) {
            return "the state machines " + unsavable
                    + " have no snapshots, so nobody can be brought to their"
                    + " state: give them methods that save and restore it, and update all members first";
        }
        return member.config.peers().isEmpty()
                ? "node " + member.config.nodeId() + " was started without raft.peers, so it listens for nobody."
                        + " Start it again with its own entry, raft.peers=" + member.config.nodeId()
                        + "@HOST:PORT, and add others then"
                : null;
    }

    /** In the order in which they are called upon. */
    List<Duty> duties() {
        return duties;
    }

    /** The leader's office, as its parts tell of it. */
    private record Seat(
            MemberWiring member, Leadership leadership, HandOver handOver, SpacePolicy space, Standing standing)
            implements LeaderSeat {
        @Override
        public boolean ready() {
            return leadership.ready();
        }

        @Override
        public @Nullable Long heardNanos(long id) {
            return standing.majority().heardNanos(id);
        }

        @Override
        public boolean isDiskLow(long id) {
            return space.isLow(id);
        }

        @Override
        public void handOver(LongPredicate fit, CompletableFuture<TransferOutcome> outcome) {
            handOver.requestToAny(fit, outcome, member.links.self().nowNanos());
        }

        @Override
        public void transfer(@Nullable Long target, CompletableFuture<TransferOutcome> outcome) {
            handOver.request(target, outcome, member.links.self().nowNanos());
        }
    }

    /** Ends calls in time, whatever hangs, and hands their outcomes on to threads that may be held up. */
    private record Guarded(MemberWiring member) implements MembershipCalls.Limit {
        @Override
        public <T> CompletableFuture<T> limit(CompletableFuture<T> call, Duration patience, Function<String, T> late) {
            var future = new CompletableFuture<T>();
            var clock = member.links.self().clock();
            member.guard.add(new TimedFuture<>(future, TimedCall.deadline(clock, patience), late, late));
            var unused = call.whenCompleteAsync(
                    (outcome, failure) -> {
                        if (failure == null) {
                            future.complete(outcome);
                        } else {
                            future.completeExceptionally(failure);
                        }
                    },
                    member.guard.completions());
            return future;
        }
    }
}
