package io.raftboot.replica.machine;

import io.raftboot.api.DurableStateMachine;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work in a transaction of a {@link DurableStateMachine}, which is done once or not at all. What it changes outside of the
 * database, the table of sessions above all, is not taken back when a transaction is: work that is done a second time would find
 * its own command answered, and would keep an index without effects and without the rows of the first time.
 */
public final class Once<T> implements Callable<T> {
    private final Callable<T> work;
    private boolean begun;
    private boolean done;
    private @Nullable T result;

    private Once(Callable<T> work) {
        this.work = work;
    }

    /**
     * Does the work in a transaction of the machine's.
     *
     * @throws IllegalStateException if the machine did it more than once, or never, or went on behind its failure
     * @throws Exception as of {@link DurableStateMachine#transact}
     */
    static <T> T in(DurableStateMachine machine, Callable<T> work) throws Exception {
        var once = new Once<>(work);
        machine.transact(once);
        T result = once.result;
        if (!once.done || result == null) {
            throw new IllegalStateException(machine.getClass().getName()
                    + ".transact has returned, though the work in the transaction "
                    + (once.begun ? "failed: what that throws must leave the method" : "was not done"));
        }
        return result;
    }

    @Override
    public T call() throws Exception {
        if (begun) {
            throw new IllegalStateException(
                    "the work in a transaction may be done once only: a transaction that failed must not be tried again,"
                            + " but leave transact by an exception; the member does it again when it is started anew");
        }
        begun = true;
        T made = work.call();
        result = made;
        done = true;
        return made;
    }
}
