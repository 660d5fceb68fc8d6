package io.raftboot.replica;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A state machine with how far it is. Lives as long as the machine, over stops and starts of the member, so that
 * nothing is applied to it twice. The index belongs to the apply stage.
 */
final class MachineSlot {
    private final String name;
    private final StateMachine machine;
    private final SessionTable sessions = new SessionTable();
    private long appliedIndex;
    private long ownIndex;
    private volatile boolean durable;

    MachineSlot(String name, StateMachine machine) {
        this.name = name;
        this.machine = machine;
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

    /** A command was applied. */
    void applied(long index) {
        appliedIndex = index;
        ownIndex = index;
    }

    /** The state was replaced by that of a snapshot at this index, or is as new there. */
    void restoredAt(long index) {
        appliedIndex = index;
        ownIndex = machine.appliedIndex();
    }

    /** A machine that keeps its state itself may know better: asked when the member starts. */
    void askMachine() throws IOException {
        ownIndex = machine.appliedIndex();
        appliedIndex = Math.max(appliedIndex, ownIndex);
        durable = durableIndex() != StateMachine.NOT_DURABLE;
    }

    /** Whether the machine keeps its state itself, and knows how much of it is forced. */
    boolean isDurable() {
        return durable;
    }

    /** As {@link StateMachine#durableIndex()}; any thread. */
    long durableIndex() throws IOException {
        try {
            return machine.durableIndex();
        } catch (Exception e) {
            throw new IOException("'" + name + "' can't tell how much of its state is forced: " + e.getMessage(), e);
        }
    }
}
