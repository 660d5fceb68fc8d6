package io.raftboot.autoconfigure.actuate;

import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.api.TransferOutcome;
import io.raftboot.autoconfigure.members.DriftWatch;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.transport.tls.TransportSecurity;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The member's state, its group, and the leadership's transfer. Read-only unless {@code management.endpoint.raft.access} says
 * {@code unrestricted}.
 */
@Endpoint(id = "raft", defaultAccess = Access.READ_ONLY)
public final class RaftEndpoint {
    static final String TRANSFER_LEADERSHIP = "transfer-leadership";
    static final String QUORUM_CRITICAL = "quorum-critical";

    /** The replica answers its status at once and a transfer within an election timeout; longer is a fault. */
    private static final long DEADLINE_SECONDS = 60;

    /** Time after which the members are shown without the group's word; longer than the leader is waited for. */
    private static final long VIEW_DEADLINE_MILLIS = 2 * RaftMembership.VIEW_PATIENCE.toMillis();

    private final Replica replica;
    private final @Nullable DriftWatch drift;
    private final @Nullable TransportSecurity security;

    public RaftEndpoint(Replica replica) {
        this(replica, null, null);
    }

    /**
     * @param drift null to compare nothing with what is configured
     * @param security TLS between the members; null if there is none
     */
    RaftEndpoint(Replica replica, @Nullable DriftWatch drift, @Nullable TransportSecurity security) {
        this.replica = replica;
        this.drift = drift;
        this.security = security;
    }

    /** All that is known of the member and its group; waits a second for the leader, no longer. */
    @ReadOperation
    public RaftDescriptor status() {
        var asked = membership();
        ReplicaStatus status = now();
        MembershipView view = view(asked, status);
        return RaftDescriptor.of(
                status,
                new RaftDescriptor.Around(
                        replica.pendingRestart(), view, drift == null ? null : drift.of(view), tls()));
    }

    private @Nullable TlsDescriptor tls() {
        return security == null ? null : TlsDescriptor.of(security.status(), Instant.now());
    }

    private ReplicaStatus now() {
        return replica.status().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<MembershipView> membership() {
        return replica.membership().view(RaftMembership.VIEW_PATIENCE);
    }

    /** The members as the group says them; of a member that does not run, or whose stages hang, as it knows them. */
    private static MembershipView view(CompletableFuture<MembershipView> asked, ReplicaStatus status) {
        MembershipView known = KnownMembers.of(status);
        MembershipView said = asked.completeOnTimeout(known, VIEW_DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .join();
        return said.members().isEmpty() ? known : said;
    }

    /**
     * Answers a question: {@code quorum-critical}.
     *
     * @return whether the group would go on without this member
     * @throws IllegalArgumentException if there is no such question
     */
    @ReadOperation
    public QuorumAnswer answer(@Selector String question) {
        if (!QUORUM_CRITICAL.equals(question)) {
            throw new IllegalArgumentException("there is no question '" + question + "', only " + QUORUM_CRITICAL);
        }
        ReplicaStatus status = now();
        if (replica.state() == ReplicaState.REMOVED) {
            return QuorumAnswer.ofRemoved(status.nodeId());
        }
        if (status.configuration().voters().isEmpty() && replica.state() == ReplicaState.RUNNING) {
            return QuorumAnswer.ofJoiner(status.nodeId());
        }
        return QuorumAnswer.of(status.nodeId(), view(membership(), status));
    }

    /**
     * Does an action: {@code transfer-leadership}.
     *
     * @param to the member to lead; null for the best follower
     * @throws IllegalArgumentException if there is no such action
     */
    @WriteOperation
    public TransferOutcome act(@Selector String action, @Nullable Long to) {
        if (!TRANSFER_LEADERSHIP.equals(action)) {
            throw new IllegalArgumentException("there is no action '" + action + "', only " + TRANSFER_LEADERSHIP);
        }
        return replica.transferLeadership(to)
                .orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
