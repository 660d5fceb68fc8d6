package io.raftboot.replica.duty;

/** How far this member has applied. Published by the apply stage; read by any thread, a moment old. */
public final class AppliedView {
    private volatile Applied now = Applied.NOTHING;

    public Applied now() {
        return now;
    }

    /** Index of the newest applied entry. */
    public long index() {
        return now.index();
    }

    /** On the apply stage, once the commands up to there are completed. */
    public void publish(Applied applied) {
        now = applied;
    }
}
