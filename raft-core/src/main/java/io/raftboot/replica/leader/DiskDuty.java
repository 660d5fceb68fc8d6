package io.raftboot.replica.leader;

import io.raftboot.raft.Node;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Does what the {@link DiskWatchdog} says: a member whose disk hangs does not keep the leadership. Owned by the raft stage. */
public final class DiskDuty implements Duty {
    private final Links links;
    private final DiskWatchdog watchdog;
    private final LongSupplier underWayNanos;
    private final Leadership leadership;
    private final HandOver handOver;
    private final Node node;

    /** @param underWayNanos for how long the present work of the disk has been under way; 0 if there is none */
    public DiskDuty(
            Links links,
            DiskWatchdog watchdog,
            LongSupplier underWayNanos,
            Leadership leadership,
            HandOver handOver,
            Node node) {
        this.links = links;
        this.watchdog = watchdog;
        this.underWayNanos = underWayNanos;
        this.leadership = leadership;
        this.handOver = handOver;
        this.node = node;
    }

    @Override
    public void tick(long nowNanos) {
        boolean leadsOthers = leadership.leads()
                && links.inForce().voters().includeOthersThan(links.self().nodeId());
        switch (watchdog.tick(underWayNanos.getAsLong(), leadsOthers)) {
            case NONE -> {}
            case HAND_OVER -> handOver.request(null, new CompletableFuture<>(), nowNanos);
            case STEP_DOWN -> node.stepDown();
        }
    }
}
