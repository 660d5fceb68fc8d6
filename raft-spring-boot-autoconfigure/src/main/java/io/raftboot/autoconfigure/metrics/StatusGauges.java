package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.raftboot.api.MembershipView;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.transport.Reach;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Gauges of how the member is. Any thread. */
final class StatusGauges {
    private static final String BYTES = "bytes";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Known known;
    private final Set<String> machines = ConcurrentHashMap.newKeySet();

    StatusGauges(MeterRegistry registry, Tags tags, Known known) {
        this.registry = registry;
        this.tags = tags;
        this.known = known;
        member();
        log();
        disk();
        others();
    }

    private void member() {
        gauge("raft.up", null, status -> is(status.state() == ReplicaState.RUNNING), "1 if the member runs");
        gauge(
                "raft.serving",
                null,
                status -> is(status.state() == ReplicaState.RUNNING
                        && status.service().trouble() == null),
                "1 if the member can do commands and linearizable reads");
        gauge("raft.leader", null, status -> is("leader".equals(status.role())), "1 if this member leads");
        gauge("raft.leader.known", null, status -> is(status.leaderId() != null), "1 if this member knows a leader");
        gauge("raft.term", null, ReplicaStatus::term, "Term of this member");
        gauge(
                "raft.stage.hangs",
                null,
                status -> status.service().hangs().size(),
                "Stages of this member that have been at one piece of work for longer than an election timeout");
        gauge(
                "raft.divergence",
                null,
                status -> status.divergence().found().size(),
                "State machines of which members were found to have different states");
    }

    private void log() {
        gauge("raft.log.size", BYTES, ReplicaStatus::logSizeBytes, "The log on disk");
        gauge(
                "raft.log.entries",
                null,
                status -> Math.max(0, status.lastIndex() - status.firstIndex() + 1),
                "Entries that the log has");
        gauge("raft.log.index", null, ReplicaStatus::lastIndex, "Index of the newest entry of the log");
        gauge("raft.commit.index", null, ReplicaStatus::commitIndex, "As far as the log is known to be committed");
        gauge("raft.applied.index", null, ReplicaStatus::appliedIndex, "As far as the state machines are");
        gauge(
                "raft.apply.lag",
                null,
                status -> Math.max(0, status.commitIndex() - status.appliedIndex()),
                "Committed entries that the state machines do not have yet");
        gauge("raft.entries.ignored", null, ReplicaStatus::ignoredEntries, "Entries that no member could read");
        gauge("raft.snapshot.size", BYTES, ReplicaStatus::snapshotSizeBytes, "The newest snapshot on disk");
        gauge("raft.snapshot.index", null, ReplicaStatus::snapshotIndex, "Index of the newest snapshot");
        gauge(
                "raft.snapshot.failing",
                null,
                status -> is(status.snapshotFailure() != null),
                "1 if the newest try to take or to install a snapshot failed");
    }

    private void disk() {
        gauge(
                "raft.disk.usable",
                BYTES,
                status -> status.disk().usableBytes() == Long.MAX_VALUE
                        ? Double.NaN
                        : status.disk().usableBytes(),
                "Room left on the disk of the log");
        gauge("raft.disk.low", null, status -> is(status.disk().low()), "1 if that is below the low mark");
        gauge(
                "raft.disk.hanging",
                null,
                status -> is(status.disk().hanging()),
                "1 if a write has not come back for an election timeout");
    }

    private void others() {
        gauge("raft.voters", null, status -> status.configuration().voters().size(), "Members that have a vote");
        gauge("raft.learners", null, status -> status.configuration().learners().size(), "Members that have none");
        gauge(
                "raft.peers.connected",
                null,
                status -> status.reach().values().stream()
                        .filter(reach -> reach != Reach.NONE)
                        .count(),
                "Other members that this one is connected to");
        gauge(
                "raft.peers.refused",
                null,
                status -> status.refusals().size(),
                "Other members that this one does not accept, or that do not accept it");
        gauge(
                "raft.messages.refused",
                null,
                status -> status.refusedMessages().values().stream()
                        .mapToLong(ReplicaStatus.RefusedMessages::count)
                        .sum(),
                "Messages that no member sends, which came since the start; each closed the connection");
        tags.gauge(
                registry,
                "raft.failure.tolerance",
                null,
                () -> known.ofLeader(view -> number(view.source())),
                "Voters that may fail now, beside those that have; not a number while no leader says so");
    }

    private static double number(MembershipView.Source source) {
        @Nullable Integer tolerance = source.failureTolerance();
        return tolerance == null ? Double.NaN : tolerance;
    }

    void register(Collection<String> names) {
        for (String machine : names) {
            if (machines.add(machine)) {
                sessions(machine);
            }
        }
    }

    private void sessions(String machine) {
        gauge(
                "raft.sessions",
                null,
                ofSessions(machine, ReplicaStatus.SessionState::sessions),
                "Sessions of callers that are kept",
                machine);
        gauge(
                "raft.session.keys",
                null,
                ofSessions(machine, ReplicaStatus.SessionState::keys),
                "Idempotency keys that are kept",
                machine);
        gauge(
                "raft.session.keys.size",
                BYTES,
                ofSessions(machine, ReplicaStatus.SessionState::keyBytes),
                "Memory of these keys with their results",
                machine);
    }

    private static ToDoubleFunction<ReplicaStatus> ofSessions(
            String machine, ToDoubleFunction<ReplicaStatus.SessionState> figure) {
        return status -> {
            var sessions = status.sessions().get(machine);
            return sessions == null ? 0 : figure.applyAsDouble(sessions);
        };
    }

    private void gauge(String name, @Nullable String unit, ToDoubleFunction<ReplicaStatus> figure, String description) {
        tags.gauge(registry, name, unit, () -> known.ofStatus(figure), description);
    }

    private void gauge(
            String name,
            @Nullable String unit,
            ToDoubleFunction<ReplicaStatus> figure,
            String description,
            String machine) {
        tags.gauge(registry, name, unit, () -> known.ofStatus(figure), description, "machine", machine);
    }

    private static double is(boolean condition) {
        return condition ? 1 : 0;
    }
}
