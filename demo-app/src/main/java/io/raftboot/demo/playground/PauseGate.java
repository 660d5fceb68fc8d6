package io.raftboot.demo.playground;

/** Where the threads of a member wait while it is paused. Any thread. */
final class PauseGate {
    private volatile boolean closed;

    /** Set under the lock: nobody is to wait here any more. */
    private boolean over;

    /** Has all wait from now on, unless it is open for good. */
    synchronized void close() {
        closed = !over;
    }

    boolean isClosed() {
        return closed;
    }

    synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** What ends must not stand still, whatever somebody asks for meanwhile. */
    synchronized void openForGood() {
        over = true;
        open();
    }

    /** Returns at once, or when the gate is open again. An interrupt does not end the wait, and is kept. */
    void pass() {
        if (closed) {
            await();
        }
    }

    private synchronized void await() {
        boolean interrupted = false;
        while (closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
