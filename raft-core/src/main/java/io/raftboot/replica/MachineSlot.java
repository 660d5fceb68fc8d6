package io.raftboot.replica;

/**
 * A state machine with how far it is. Lives as long as the machine, over stops and starts of the member, so that
 * nothing is applied to it twice. The index belongs to the apply stage.
 */
final class MachineSlot {
    private final String name;
    private final StateMachine machine;
    private long appliedIndex;

    MachineSlot(String name, StateMachine machine) {
        this.name = name;
        this.machine = machine;
    }

    String name() {
        return name;
    }

    StateMachine machine() {
        return machine;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    void appliedUpTo(long index) {
        appliedIndex = index;
    }

    /** A machine that keeps its state itself may know better: asked when the member starts. */
    void askMachine() {
        appliedIndex = Math.max(appliedIndex, machine.appliedIndex());
    }
}
