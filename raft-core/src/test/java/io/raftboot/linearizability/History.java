package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what clients ask and are told. Two events never have the same time: where the clock stands still, the order in
 * which they are written down counts. Any thread may use it; of one thread's calls the same history comes out again.
 */
public final class History {
    private final LongSupplier clock;
    private final List<Running> operations = new ArrayList<>();
    private long lastTime = Long.MIN_VALUE;

    /**
     * Makes an empty one.
     *
     * @param clock in any unit; asked under a lock, so it may not wait
     */
    public History(LongSupplier clock) {
        this.clock = clock;
    }

    /** Called before anything of the call is sent. */
    public synchronized Running invoke(int client, String key, Call call) {
        var operation = new Running(operations.size(), client, key, call, nextTime());
        operations.add(operation);
        return operation;
    }

    /** Those so far, in the order of their invocation; what has not ended yet is unknown. */
    public synchronized List<Operation> operations() {
        return operations.stream().map(Running::operation).toList();
    }

    private long nextTime() {
        lastTime = Math.max(clock.getAsLong(), lastTime + 1);
        return lastTime;
    }

    /** An operation whose client waits; ends once. */
    public final class Running {
        private final int number;
        private final int client;
        private final String key;
        private final Call call;
        private final long invoked;
        private boolean attemptLost;
        private long returned;
        private Operation.@Nullable Ending ending;

        private Running(int number, int client, String key, Call call, long invoked) {
            this.number = number;
            this.client = client;
            this.key = key;
            this.call = call;
            this.invoked = invoked;
        }

        public int number() {
            return number;
        }

        public String key() {
            return key;
        }

        public Call call() {
            return call;
        }

        /** An attempt may have taken effect, or may still do so. What follows may be another attempt of the same command. */
        public void attemptLost() {
            synchronized (History.this) {
                attemptLost = true;
            }
        }

        /**
         * Ends it: it took place.
         *
         * @param answer null where nobody looked at it
         */
        public void done(@Nullable String answer) {
            end(new Operation.Done(answer));
        }

        /** The last attempt was refused, surely without effect; the operation has failed where no other attempt is lost. */
        public void refused() {
            synchronized (History.this) {
                end(attemptLost ? new Operation.Unknown() : new Operation.Failed());
            }
        }

        /** The client gives up, and knows nothing. */
        public void unknown() {
            end(new Operation.Unknown());
        }

        private void end(Operation.Ending how) {
            synchronized (History.this) {
                if (ending != null) {
                    throw new IllegalStateException("operation " + operation() + " has ended already");
                }
                returned = nextTime();
                ending = how;
            }
        }

        private Operation operation() {
            return ending == null
                    ? new Operation(number, client, key, call, invoked, Long.MAX_VALUE, new Operation.Unknown())
                    : new Operation(number, client, key, call, invoked, returned, ending);
        }
    }
}
