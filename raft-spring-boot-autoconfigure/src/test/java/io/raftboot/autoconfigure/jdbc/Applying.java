package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.CommandContext;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.StateMachineFailureException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Applies a command as the replica does. */
final class Applying {
    private Applying() {}

    /**
     * One command with its index and rows.
     *
     * @return the exception that is its result, or null
     */
    static @Nullable Exception apply(
            DurableStateMachine machine, CommandContext context, byte[] command, Map<String, byte @Nullable []> rows)
            throws Exception {
        var failure = new AtomicReference<@Nullable Exception>();
        machine.transact(() -> {
            try {
                machine.apply(context, command);
            } catch (StateMachineFailureException e) {
                throw e;
            } catch (Exception e) {
                failure.set(e);
            }
            machine.record(context.index(), rows);
            return true;
        });
        return failure.get();
    }
}
