package io.raftboot.autoconfigure.actuate;

import io.raftboot.api.TransferOutcome;
import io.raftboot.replica.Replica;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The member's state, and the leadership's transfer. Read-only unless {@code management.endpoint.raft.access} says
 * {@code unrestricted}.
 */
@Endpoint(id = "raft", defaultAccess = Access.READ_ONLY)
public final class RaftEndpoint {
    static final String TRANSFER_LEADERSHIP = "transfer-leadership";

    /** The replica answers its status at once and a transfer within an election timeout; longer is a fault. */
    private static final long DEADLINE_SECONDS = 60;

    private final Replica replica;

    public RaftEndpoint(Replica replica) {
        this.replica = replica;
    }

    @ReadOperation
    public RaftDescriptor status() {
        return RaftDescriptor.of(
                replica.status().orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join(), replica.pendingRestart());
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
