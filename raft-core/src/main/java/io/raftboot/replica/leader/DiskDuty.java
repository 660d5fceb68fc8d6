package io.raftboot.replica.leader;

import io.raftboot.raft.Node;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.duty.Links;
import java.util.concurrent.CompletableFuture;

/** Does what the {@link DiskWatchdog} says: a member whose disk hangs does not keep the leadership. Owned by the raft stage. */
public final class DiskDuty implements Duty {
    private final Links links;
    private final DiskWatchdog watchdog;
    private final DiskWork work;
    private final Leadership leadership;
    private final HandOver handOver;
    private final Node node;

    /** What the disk is at. Any thread. */
    @FunctionalInterface
    public interface DiskWork {
        /** For how long its present work has been under way; 0 if there is none. */
        long underWayNanos();
    }

    public DiskDuty(
            Links links, DiskWatchdog watchdog, DiskWork work, Leadership leadership, HandOver handOver, Node node) {
        this.links = links;
        this.watchdog = watchdog;
        this.work = work;
        this.leadership = leadership;
        this.handOver = handOver;
        this.node = node;
    }

    @Override
    public void tick(long nowNanos) {
        boolean leadsOthers = leadership.leads()
                && links.inForce().voters().includeOthersThan(links.self().nodeId());
        switch (watchdog.tick(work.underWayNanos(), leadsOthers)) {
            case NONE -> {}
            case HAND_OVER -> handOver.request(null, new CompletableFuture<>(), nowNanos);
            case STEP_DOWN -> node.stepDown();
        }
    }
}
