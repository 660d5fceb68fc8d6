package io.raftboot.demo.playground;

/** Where the threads of a member wait while it is paused. Any thread. */
final class PauseGate {
    private volatile boolean closed;

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    synchronized void open() {
        closed = false;
        notifyAll();
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
