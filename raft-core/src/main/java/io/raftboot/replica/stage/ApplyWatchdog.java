package io.raftboot.replica.stage;

import io.raftboot.api.TransferOutcome;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.Duty;
import io.raftboot.replica.leader.HandOver;
import io.raftboot.replica.leader.LeaderContact;
import io.raftboot.replica.leader.Leadership;
import io.raftboot.replica.watch.MemberGuard;
import io.raftboot.replica.watch.StageWatch;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;

/**
 * Takes the leadership from a member whose state machine does not come to the end of a command, so that it answers none of
 * its callers and, were it to lead a later term, could not act on that.
 *
 * <p>Only to a member that has applied the very command, which shows that it is this member that hangs and not the command;
 * and once for each command. So a command that takes long on all members moves no leadership, and one that hangs on all does not
 * send it round. Owned by the raft stage.
 */
public final class ApplyWatchdog implements Duty {
    private final Logger log = QuietLogger.of(ApplyWatchdog.class);

    private static final long NONE = -1;

    private final StageWatch watch;
    private final Leadership leadership;
    private final HandOver transfer;
    private final LeaderContact others;
    private final AppliedView applied;

    /** The hang for which the leadership was to be handed over. */
    private long handedOverAt = NONE;

    /** @param others knows how far they have applied */
    public ApplyWatchdog(
            StageWatch watch, Leadership leadership, HandOver transfer, LeaderContact others, AppliedView applied) {
        this.watch = watch;
        this.leadership = leadership;
        this.transfer = transfer;
        this.others = others;
        this.applied = applied;
    }

    @Override
    public void tick(long nowNanos) {
        var hang = watch.hang(MemberGuard.APPLY_STAGE);
        long index = applied.index() + 1;
        if (hang == null || !leadership.leads() || hang.steps() == handedOverAt || !others.anyHasApplied(index)) {
            return;
        }
        handedOverAt = hang.steps();
        var future = new CompletableFuture<TransferOutcome>();
        transfer.requestToAny(id -> others.hasApplied(id, index), future, nowNanos);
        var unused = future.thenAccept(outcome ->
                log.info("the leadership was to be handed over, because {}: {}", watch.describe(hang), outcome));
    }
}
