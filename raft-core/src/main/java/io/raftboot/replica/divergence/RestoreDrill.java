package io.raftboot.replica.divergence;

import io.raftboot.api.StateMachineFailureException;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.machine.MachineSlot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;

/**
 * Restores the state machines of this member from snapshots of theirs, at entries that a seed decides on: what was not in the
 * snapshot is lost then, and collections iterate as those of a member that was restored do. For tests. Owned by the apply stage.
 */
final class RestoreDrill {
    /** One entry in so many, as long as the log is short. */
    private static final int ONE_IN_AT_FIRST = 4;

    /** A test with more entries than this has a large state. */
    private static final long FIRST_ENTRIES = 256;

    private static final int ONE_IN_LATER = 64;

    private final Logger log = QuietLogger.of(RestoreDrill.class);
    private final long seed;
    private final Collection<MachineSlot> machines;

    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    private record Taken(MachineSlot slot, byte[] state, byte[] sessions) {}

    RestoreDrill(long seed, Collection<MachineSlot> machines) {
        this.seed = seed;
        this.machines = machines;
    }

    /** The same for the same seed and index, in every run. */
    boolean isDue(long index) {
        int oneIn = index <= FIRST_ENTRIES ? ONE_IN_AT_FIRST : ONE_IN_LATER;
        return Long.remainderUnsigned(new Hash64().add(seed).add(index).value(), oneIn) == 0;
    }

    /**
     * Restores all that have snapshots and don't keep their state themselves.
     *
     * @throws StateMachineFailureException if one that can write its state can't be restored from it, and is half changed now
     */
    void restore(long index) {
        for (Taken taken : take()) {
            try {
                taken.slot().replace(index, () -> {
                    taken.slot().restore(new ByteArrayInputStream(taken.state()), index);
                    taken.slot().sessions().restore(new ByteArrayInputStream(taken.sessions()));
                });
            } catch (IOException | RuntimeException e) {
                throw new StateMachineFailureException(
                        "the state machine '" + taken.slot().name()
                                + "' can't be restored from a snapshot that it has just written, at index " + index
                                + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }

    private List<Taken> take() {
        var all = new ArrayList<Taken>();
        for (MachineSlot slot : machines) {
            if (!slot.isDurable() && slot.machine().hasSnapshots()) {
                try {
                    var state = new ByteArrayOutputStream();
                    slot.machine().snapshot().writeTo(state);
                    var sessions = new ByteArrayOutputStream();
                    slot.sessions().capture(slot.name()).writeTo(sessions);
                    all.add(new Taken(slot, state.toByteArray(), sessions.toByteArray()));
                } catch (IOException | RuntimeException e) {
                    // Nothing has changed: a snapshot that can't be taken is told of elsewhere, when one is due.
                    log.warn("'{}' could not be restored at an entry, since it gives no snapshot", slot.name(), e);
                }
            }
        }
        return all;
    }
}
