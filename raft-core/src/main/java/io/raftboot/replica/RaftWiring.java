package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.raft.BasicStatus;
import io.raftboot.raft.Node;
import io.raftboot.replica.change.ChangeSupport;
import io.raftboot.replica.command.AppendTraces;
import io.raftboot.replica.command.CommandAdmission;
import io.raftboot.replica.command.CommandForwarding;
import io.raftboot.replica.command.CommandIntake;
import io.raftboot.replica.command.CommandRouter;
import io.raftboot.replica.command.Commands;
import io.raftboot.replica.command.RemoteIntake;
import io.raftboot.replica.divergence.DivergenceExchange;
import io.raftboot.replica.duty.ByteBudget;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.leader.AgreedTime;
import io.raftboot.replica.leader.DiskDuty;
import io.raftboot.replica.leader.DiskWatchdog;
import io.raftboot.replica.leader.ElectionSigns;
import io.raftboot.replica.leader.FailoverHint;
import io.raftboot.replica.leader.GroupLog;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.LeaderAbsence;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.leader.Standing;
import io.raftboot.replica.leader.TakeOverOrders;
import io.raftboot.replica.membership.Obstacles;
import io.raftboot.replica.read.LeaseConditions;
import io.raftboot.replica.read.ReadCore;
import io.raftboot.replica.read.ReadRouter;
import io.raftboot.replica.read.Reads;
import io.raftboot.replica.report.PeerReports;
import io.raftboot.replica.snapshot.LogCompaction;
import io.raftboot.replica.snapshot.OutgoingSnapshot;
import io.raftboot.replica.snapshot.SnapshotTransfers;
import io.raftboot.replica.space.SpacePolicy;
import io.raftboot.replica.stage.ApplyWatchdog;
import io.raftboot.replica.stage.Core;
import io.raftboot.replica.stage.Outlets;
import io.raftboot.replica.stage.RaftStage;
import io.raftboot.storage.log.LogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes what belongs to the raft stage, and the stage itself, over what the rest of a member has been made of. */
final class RaftWiring {
    /** The leader answers when it has appended, not when it has committed: one that has not by then is hung, or gone. */
    private static final int APPENDED_WITHIN_ELECTION_TIMEOUTS = 2;

    final Leadership leadership;
    final HandOver handOver;
    final SpacePolicy space;
    final Commands commands;
    final Reads reads;
    final Standing standing;
    final DiskWatchdog disk;
    final DivergenceExchange divergence;
    final MembershipWiring membership;
    final RaftStage raft;

    RaftWiring(MemberWiring member) {
        var links = member.links;
        var self = links.self();
        var transport = member.opening.transport();
        var node = member.node;
        this.leadership = leadership(member);
        this.handOver = new HandOver(node, self.nodeId(), leadership, self.electionTimeoutNanos(), links.events());
        this.space = new SpacePolicy(links, leadership, handOver, transport, member.apply::snapshotEarly);
        var forwarding = new CommandForwarding(
                transport, leadership, links.applied(), links.tasks(), requestTimeout(member), member.removal);
        var changeSupport = new ChangeSupport(links.inForce(), member.machines.system());
        this.commands = commands(member, leadership, space, forwarding, changeSupport);
        var reader = member.opening.storage().reader();
        var router = readRouter(member, leadership);
        this.reads = new Reads(links, member.config, member.machines.byName(), router, member.apply, member.guard);
        this.standing = new Standing(links, transport, leadership, router, log(reader, node), member.removal);
        forwarding.reportTo(standing.ways());
        this.disk = new DiskWatchdog(self.clock(), self.electionTimeoutNanos(), links.events());
        this.divergence = new DivergenceExchange(
                links,
                member.config.divergenceCheck(),
                transport,
                member.machines.byName().values(),
                member.hashes,
                member.apply,
                member.opening.events()::diverged);
        this.membership = new MembershipWiring(member, leadership, handOver, space, standing, commands, changeSupport);
        var outgoing = outgoing(member, space, reader);
        this.raft = new RaftStage(
                links,
                new Core(node, reader, member.fetchedLog, disk),
                new Outlets(transport, member.logStage, member.apply, outgoing),
                commands,
                reads,
                leadership,
                duties(member, outgoing));
    }

    /** Duties in the order in which they are called upon. */
    private List<Duty> duties(MemberWiring member, OutgoingSnapshot outgoing) {
        var diskDuty = new DiskDuty(
                member.links,
                disk,
                () -> Math.max(member.logStage.underWayNanos(), member.fetchedLog.underWayNanos()),
                leadership,
                handOver,
                member.node);
        var applyWatchdog = new ApplyWatchdog(
                member.guard.watch(), leadership, handOver, standing.contact(), member.links.applied());
        var duties = new ArrayList<Duty>(
                List.of(reads, commands, handOver, diskDuty, outgoing, applyWatchdog, space, standing, divergence));
        duties.addAll(membership.duties());
        return duties;
    }

    private static Leadership leadership(MemberWiring member) {
        var self = member.links.self();
        var leadership = new Leadership(self.nodeId(), new AgreedTime(self.clock()), member.opening.events());
        leadership.noteAbsence(new LeaderAbsence(member.config.noLeader(), self.clock(), self.electionTimeoutNanos()));
        leadership.explainBy(() -> Obstacles.sentence(member.opening.transport().obstacles()));
        return leadership;
    }

    private static Duration requestTimeout(MemberWiring member) {
        var appended = member.opening.electionTimeout().multipliedBy(APPENDED_WITHIN_ELECTION_TIMEOUTS);
        var command = member.config.commandTimeout();
        return appended.compareTo(command) < 0 ? appended : command;
    }

    private static Commands commands(
            MemberWiring member,
            Leadership leadership,
            SpacePolicy space,
            CommandForwarding forwarding,
            ChangeSupport changeSupport) {
        var links = member.links;
        var config = member.config;
        var admission = new CommandAdmission(
                config.group(),
                config.nodeId(),
                member.machines.byName(),
                links.inForce(),
                member.machines.system(),
                space::refusal,
                changeSupport::lacking);
        var traces = new AppendTraces(links.tracer());
        var router = new CommandRouter(
                member.node, leadership, member.pending, links.applied(), admission, forwarding, traces);
        var intake = new CommandIntake(
                links, config, member.machines.byName().values(), member.pending, member.inbox, router, member.guard);
        var remote = new RemoteIntake(new ByteBudget(member.opening.memory().remoteBytes()));
        return new Commands(links, intake, member.inbox, router, remote, member.pending, traces);
    }

    private static ReadRouter readRouter(MemberWiring member, Leadership leadership) {
        var self = member.links.self();
        var conditions = new LeaseConditions(
                self.nodeId(), member.opening.leases(), member.links.inForce(), member.identities::keepsLeases);
        var lease = member.opening.seams().lease(self);
        return new ReadRouter(self, core(member.node), leadership, conditions, lease, member.apply);
    }

    private static ReadCore core(Node node) {
        return new ReadCore() {
            @Override
            public BasicStatus basicStatus() {
                return node.basicStatus();
            }

            @Override
            public void readIndex(ByteString context) {
                node.readIndex(context);
            }
        };
    }

    private static GroupLog log(LogReader reader, Node node) {
        return new GroupLog() {
            @Override
            public long lastIndex() {
                return reader.lastIndex();
            }

            @Override
            public long commitIndex() {
                return node.basicStatus().hardState().getCommit();
            }
        };
    }

    private static OutgoingSnapshot outgoing(MemberWiring member, SpacePolicy space, LogReader reader) {
        var clock = member.links.self().clock();
        var transfers = new SnapshotTransfers(member.opening.storage().snapshots(), clock);
        var compaction = new LogCompaction(
                member.node, reader, member.logStage, transfers, space::room, member.opening.retention(), clock);
        return new OutgoingSnapshot(
                member.node,
                member.opening.transport(),
                member.opening.storage().snapshots(),
                transfers,
                compaction,
                member.apply,
                member.links);
    }

    /** Who brings what other members send to all this. */
    FromPeers fromPeers(MemberWiring member, PeerReports reports) {
        var links = member.links;
        var self = links.self();
        var orders = new TakeOverOrders(
                member.node,
                leadership::view,
                member.opening.transport(),
                self.clock(),
                self.electionTimeout(),
                links.tasks(),
                () -> !disk.hangs());
        return new FromPeers(
                member.node,
                raft,
                new ElectionSigns(links, standing.majority(), orders, failover(member)),
                new Door(
                        member.identities,
                        member.skips,
                        member.connections,
                        member.returned,
                        member.refused,
                        links.inForce(),
                        links.events()),
                new PeerRequests(
                        links,
                        new PeerRequests.Asked(
                                commands, space, standing.contact(), orders, membership.questions, divergence, reports),
                        member.config.maxCommandSizeBytes()),
                member.snapshots.intake(),
                new ThreadGuard(member::fail)::failed);
    }

    /** None where the leader counts on this member to elect nobody else, whatever it believes to know of the leader's process. */
    private @Nullable FailoverHint failover(MemberWiring member) {
        if (member.opening.leases() == LeaseConditions.Setting.ON) {
            return null;
        }
        return new FailoverHint(
                member.node,
                member.config.nodeId(),
                leadership,
                (task, delay) ->
                        member.threads.schedule(() -> member.links.tasks().execute(() -> unlessDiskHangs(task)), delay),
                member.links.events());
    }

    private void unlessDiskHangs(Runnable task) {
        if (!disk.hangs()) {
            task.run();
        }
    }
}
