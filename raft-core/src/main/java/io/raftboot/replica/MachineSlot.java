package io.raftboot.replica;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A state machine with how far it is. Lives as long as the machine, over stops and starts of the member, so that
 * nothing is applied to it twice. The index belongs to the apply stage.
 */
final class MachineSlot {
    private final String name;
    private final StateMachine machine;
    private final @Nullable DurableStateMachine durable;
    private final SessionTable sessions;
    private long appliedIndex;
    private long ownIndex;

    MachineSlot(String name, StateMachine machine) {
        this.name = name;
        this.machine = machine;
        this.durable = machine instanceof DurableStateMachine keeping ? keeping : null;
        this.sessions = new SessionTable(new SessionRows(durable != null));
    }

    /**
     * A slot for each machine, by name.
     *
     * @throws IllegalArgumentException if a name can't be one
     */
    static Map<String, MachineSlot> byName(Map<String, StateMachine> machines) {
        var slots = new TreeMap<String, MachineSlot>();
        machines.forEach((name, machine) -> {
            if (name.isBlank() || name.startsWith("$")) {
                throw new IllegalArgumentException(
                        "'" + name + "' can't be the name of a state machine: it must not be empty or begin with $");
            }
            slots.put(name, new MachineSlot(name, machine));
        });
        return Collections.unmodifiableSortedMap(slots);
    }

    /** The machine of each slot, by name. */
    static Map<String, StateMachine> machines(Map<String, MachineSlot> slots) {
        var machines = new TreeMap<String, StateMachine>();
        slots.forEach((name, slot) -> machines.put(name, slot.machine()));
        return Collections.unmodifiableMap(machines);
    }

    String name() {
        return name;
    }

    StateMachine machine() {
        return machine;
    }

    /** Of those who send it commands; as old as its state. */
    SessionTable sessions() {
        return sessions;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /** The index of the last command that is in its state; less than {@link #appliedIndex} behind a restore. */
    long ownIndex() {
        return ownIndex;
    }

    /** Whether the machine keeps its state itself. */
    boolean isDurable() {
        return durable != null;
    }

    /**
     * Applies a command, or answers one that was applied before; a machine that keeps its state itself keeps with it, all or
     * nothing, what came of it.
     *
     * @throws StateMachineFailureException if it could not be applied, or not be kept
     */
    Outcome update(long index, Supplier<Outcome> work) {
        var outcome = durable == null ? work.get() : transact(durable, index, work);
        appliedIndex = index;
        ownIndex = index;
        return outcome;
    }

    private Outcome transact(DurableStateMachine keeping, long index, Supplier<Outcome> work) {
        try {
            return keeping.transact(() -> {
                var outcome = work.get();
                keeping.record(index, sessions.takeChanges());
                return outcome;
            });
        } catch (StateMachineFailureException e) {
            throw e;
        } catch (Exception e) {
            throw new StateMachineFailureException(
                    "the state machine '" + name + "' could not keep the command at index " + index + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Replaces the state by that of a snapshot. */
    void restore(InputStream section, long index) throws IOException {
        if (durable == null) {
            machine.restore(section);
        } else {
            durable.restore(section, index);
        }
    }

    /** The state was replaced by that of a snapshot at this index, or is as new there. */
    void restoredAt(long index) throws IOException {
        var position = load();
        appliedIndex = Math.max(index, position.appliedIndex());
        ownIndex = position.appliedIndex();
    }

    /** There is nothing for this machine in the log up to this index. */
    void passed(long index) {
        appliedIndex = Math.max(appliedIndex, index);
    }

    /**
     * When the member starts: a machine that keeps its state itself knows how far it is.
     *
     * @return how far this member's own log is certain to have been applied to it
     */
    long askMachine() throws IOException {
        if (durable == null) {
            return appliedIndex;
        }
        var position = load();
        ownIndex = position.appliedIndex();
        appliedIndex = position.appliedIndex();
        return position.loggedIndex();
    }

    private DurableStateMachine.Position load() throws IOException {
        if (durable == null) {
            return DurableStateMachine.Position.START;
        }
        try {
            var position = durable.position();
            var rows = new HashMap<String, byte[]>();
            durable.readRows(rows::put);
            sessions.load(rows);
            return position;
        } catch (Exception e) {
            throw new IOException("'" + name + "' can't tell how far its state is: " + e.getMessage(), e);
        }
    }

    /** As {@link DurableStateMachine#durableIndex()}; any thread. */
    long durableIndex() throws IOException {
        try {
            return Objects.requireNonNull(durable).durableIndex();
        } catch (Exception e) {
            throw new IOException("'" + name + "' can't tell how much of its state is forced: " + e.getMessage(), e);
        }
    }
}
