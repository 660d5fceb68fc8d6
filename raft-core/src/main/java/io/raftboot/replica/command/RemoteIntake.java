package io.raftboot.replica.command;

import io.raftboot.api.RefusalReason;
import io.raftboot.replica.duty.ByteBudget;

/**
 * Where the commands that other members send to the leader come in: no more at once than may be held here, from when they
 * arrive until they are appended. What does not fit is refused at once, each command for itself. Any thread.
 */
public final class RemoteIntake {
    private final ByteBudget bytes;

    public RemoteIntake(ByteBudget bytes) {
        this.bytes = bytes;
    }

    /** Whether the batch goes on to the raft stage; if not, it is answered. */
    public boolean admit(RemoteBatch batch) {
        long batchBytes = batch.sizeBytes();
        if (!bytes.reserve(batchBytes)) {
            batch.refuse(RefusalReason.OVERLOADED);
            return false;
        }
        batch.onceAnswered(() -> bytes.release(batchBytes));
        return true;
    }
}
