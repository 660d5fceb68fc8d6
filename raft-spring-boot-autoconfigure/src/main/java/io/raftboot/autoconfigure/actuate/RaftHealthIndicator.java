package io.raftboot.autoconfigure.actuate;

import io.raftboot.autoconfigure.members.Drift;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.replica.PendingRestart;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.transport.tls.TransportSecurity;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the member: down when it failed or was removed, with the cause; out of service while it can't serve: no leader known, not in the
 * configuration, behind the leader, unable to reach it or to be answered by it, a leader that commits nothing, or with a stage that hangs. These heal by themselves, so they belong to readiness and never to liveness.
 */
public final class RaftHealthIndicator extends AbstractHealthIndicator {
    /** A member answers within an election timeout or so whatever hangs. */
    private static final long DEADLINE_SECONDS = 5;

    private final Replica replica;
    private final @Nullable DriftWatch drift;
    private final @Nullable TransportSecurity security;

    public RaftHealthIndicator(Replica replica) {
        this(replica, null, null);
    }

    /**
     * @param drift null to compare nothing with what is configured
     * @param security TLS between the members; null if there is none
     */
    RaftHealthIndicator(Replica replica, @Nullable DriftWatch drift, @Nullable TransportSecurity security) {
        super("The raft member did not answer");
        this.replica = replica;
        this.drift = drift;
        this.security = security;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws Exception {
        ReplicaStatus status = replica.status().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        builder.withDetail("node", status.nodeId())
                .withDetail("state", status.state())
                .withDetail("role", status.role())
                .withDetail("leader", status.leaderId() == null ? "none" : status.leaderId())
                .withDetail("term", status.term())
                .withDetail("disk", disk(status.disk()))
                .withDetail("sessions", SessionHealth.of(status.sessions()));
        // What an operator should look at, and what keeps the member from nothing.
        status.oddities().forEach(oddity -> builder.withDetail(oddity.name(), oddity.value()));
        if (security != null) {
            builder.withDetail("tls", TlsHealth.of(security.status(), Instant.now()));
        }
        if (status.state() == ReplicaState.REMOVED) {
            removed(builder);
            return;
        }
        addDrift(builder);
        if (status.state() != ReplicaState.RUNNING) {
            down(builder, status.failure());
            return;
        }
        String trouble = status.notReady();
        if (trouble == null) {
            builder.up();
        } else {
            builder.outOfService().withDetail("reason", trouble);
        }
    }

    /** Members that are others than configured: all goes on with those of the group. */
    private void addDrift(Health.Builder builder) {
        Drift last = drift == null ? null : drift.last();
        if (last != null && last.isThere()) {
            builder.withDetail("drift", last.text());
        }
    }

    /** A member that is none any more is down for good, whoever restarts its process: so readiness ends, and liveness does not. */
    private void removed(Health.Builder builder) {
        Throwable cause = replica.failure();
        String why = cause == null ? null : cause.getMessage();
        builder.down().withDetail("removed", why == null ? "this member was removed from its group" : why);
    }

    /** The cause as text: as an exception it would be logged, with its stack, at each probe. The replica has logged it. */
    private void down(Health.Builder builder, @Nullable Throwable failure) {
        builder.down();
        if (failure != null) {
            builder.withDetail("error", failure.getClass().getName() + ": " + failure.getMessage());
        }
        PendingRestart restart = replica.pendingRestart();
        if (restart != null) {
            builder.withDetail("restart", "attempt " + restart.attempt() + " is about to be made");
        }
    }

    /** Little room is a detail: such a member goes on with reads, and its leader refuses commands by itself. */
    private static String disk(ReplicaStatus.DiskState disk) {
        if (disk.failure() != null) {
            return "failed: " + disk.failure();
        }
        if (disk.hanging()) {
            return "hanging";
        }
        return disk.low() ? "low, " + disk.usableBytes() + " bytes left" : "ok";
    }
}
