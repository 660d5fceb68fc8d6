package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other threads want of a {@link Node}, until its driver takes it. Any thread puts something in and closes; the driver alone
 * takes and waits. Without a lock, and without a limit: what may wait is for those who put it in.
 */
final class Mailbox {
    private final ConcurrentLinkedQueue<Mail> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean tickWaiting = new AtomicBoolean();
    private final Runnable onWork;
    private volatile boolean closed;

    /** The driver, while it waits in {@link #await}. */
    private volatile @Nullable Thread waiter;

    /** One thing that is wanted. */
    sealed interface Mail permits Received, Proposed, Call {
        /** The node has been stopped. */
        void drop(StoppedException reason);
    }

    /** A message of another node, or of this node's storage. */
    record Received(Message message, long senderId) implements Mail {
        @Override
        public void drop(StoppedException reason) {
            // The network might have lost it as well.
        }
    }

    /** @param term the one in which the entry is to be appended, or {@link ProposalBatch#ANY_TERM} */
    record Proposed(Entry entry, long term, ProposalListener listener) implements Mail {
        @Override
        public void drop(StoppedException reason) {
            listener.dropped(reason);
        }
    }

    /** Anything else, carried out by the driver. */
    record Call(Runnable action, Consumer<StoppedException> onDrop) implements Mail {
        @Override
        public void drop(StoppedException reason) {
            onDrop.accept(reason);
        }
    }

    /** @param onWork called after something was put in, by the thread that did */
    Mailbox(Runnable onWork) {
        this.onWork = onWork;
    }

    /** Puts something in, or drops it if the mailbox is closed. */
    void put(Mail mail) {
        waiting.add(mail);
        if (closed) {
            // It may have been closed since: then nobody else looks into it any more.
            dropAll();
        } else {
            wake();
        }
    }

    /** Notes that a tick has passed; several that wait are one. */
    void putTick() {
        if (!closed && tickWaiting.compareAndSet(false, true)) {
            wake();
        }
    }

    /** Drops what waits and all that still comes, on the thread that calls. */
    void close() {
        closed = true;
        dropAll();
        wake();
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether nothing waits, not even a tick. */
    boolean isEmpty() {
        return waiting.isEmpty() && !tickWaiting.get();
    }

    /** The mail that has waited longest; null if there is none. */
    @Nullable
    Mail take() {
        return waiting.poll();
    }

    /** Whether a tick waited, which waits no more. */
    boolean takeTick() {
        return tickWaiting.get() && tickWaiting.getAndSet(false);
    }

    /**
     * Returns when something waits, or the mailbox is closed.
     *
     * @throws InterruptedException if the thread was interrupted meanwhile
     */
    void await() throws InterruptedException {
        // First say that it waits, then look: who puts something in does it the other way round.
        waiter = Thread.currentThread();
        try {
            while (isEmpty() && !closed) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(this);
            }
        } finally {
            waiter = null;
        }
    }

    private void wake() {
        Thread driver = waiter;
        if (driver != null) {
            LockSupport.unpark(driver);
        }
        onWork.run();
    }

    private void dropAll() {
        var reason = new StoppedException();
        for (Mail mail = waiting.poll(); mail != null; mail = waiting.poll()) {
            mail.drop(reason);
        }
    }
}
