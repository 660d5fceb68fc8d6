package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.PutTarget;
import org.jspecify.annotations.Nullable;

/** Calls that wait for their end, each on a thread of its own, which goes on to the next when one has ended. */
final class WaitingCallers implements PutTarget {
    /** Writes, and comes back when the write is acknowledged. */
    @FunctionalInterface
    interface Call {
        void put(Put put);
    }

    private final Call call;

    WaitingCallers(Call call) {
        this.call = call;
    }

    @Override
    public void put(Put put, Listener listener) {
        // The listener of a caller's write puts the next: that is for the same caller to do, not for another thread.
        if (Thread.currentThread() instanceof Caller caller && caller.owner() == this) {
            caller.next(put, listener);
        } else {
            new Caller(put, listener).start();
        }
    }

    private final class Caller extends Thread {
        private @Nullable Put put;
        private Listener listener;

        Caller(Put put, Listener listener) {
            super("caller");
            setDaemon(true);
            this.put = put;
            this.listener = listener;
        }

        WaitingCallers owner() {
            return WaitingCallers.this;
        }

        void next(Put nextPut, Listener nextListener) {
            put = nextPut;
            listener = nextListener;
        }

        @Override
        public void run() {
            for (Put current = put; current != null; current = put) {
                put = null;
                listener.done(failureOf(current));
            }
        }

        private @Nullable String failureOf(Put current) {
            try {
                call.put(current);
                return null;
            } catch (RuntimeException e) {
                return e.toString();
            }
        }
    }
}
