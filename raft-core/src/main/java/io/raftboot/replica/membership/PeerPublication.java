package io.raftboot.replica.membership;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells the transport where the others are, whenever that may have changed. What is wanted of several threads at once is done by
 * the one that came first, again and again until nothing is wanted any more, so that what is told last is the newest; and
 * nobody waits for anybody. Any thread.
 */
public final class PeerPublication {
    private final Runnable publish;
    private final AtomicInteger wanted = new AtomicInteger();

    /** @param publish looks where they are now, and tells it; never run twice at once */
    public PeerPublication(Runnable publish) {
        this.publish = publish;
    }

    /** Something may have changed: it is told by the time this returns, or soon after by the thread that is at it. */
    public void changed() {
        if (wanted.getAndIncrement() > 0) {
            return;
        }
        boolean again = true;
        while (again) {
            int seen = wanted.get();
            try {
                publish.run();
            } catch (RuntimeException | Error e) {
                wanted.set(0);
                throw e;
            }
            again = !wanted.compareAndSet(seen, 0);
        }
    }
}
