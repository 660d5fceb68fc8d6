package io.raftboot.replica.stage;

import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.read.PendingRead;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the apply stage is at, so that others can say where it hangs. Noted by the apply stage, which must not pay for it. */
final class PresentWork {
    private final AtomicReference<@Nullable Object> at = new AtomicReference<>();

    /** The command behind the last applied index, of this machine. */
    void command(MachineSlot machine) {
        at.lazySet(machine);
    }

    void query(PendingRead read) {
        at.lazySet(read);
    }

    /** Something else, as a clause that says what the stage has been doing. */
    void other(String clause) {
        at.lazySet(clause);
    }

    /** Any thread: a sentence that ends before "for so long". */
    String describe(long appliedIndex) {
        var present = at.get();
        if (present instanceof MachineSlot machine) {
            return "the state machine '" + machine.name() + "' has been at the command at index " + (appliedIndex + 1);
        }
        if (present instanceof PendingRead read) {
            return "the state machine '" + read.machine().name() + "' has been at a query";
        }
        return "the apply stage has been " + (present == null ? "at one piece of its work" : present);
    }
}
