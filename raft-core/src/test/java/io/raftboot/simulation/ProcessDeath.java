package io.raftboot.simulation;

/**
 * Ends what a {@link SimulatedHost} is at when its process dies: thrown where that waits, or at the operation at which the process
 * dies. Code that catches it goes on in a process that is dead: nothing that it does has an effect, and the next thing that it asks
 * of its host or its disk throws this again.
 */
final class ProcessDeath extends Error {
    private static final long serialVersionUID = 1L;

    ProcessDeath(String process) {
        // Without its stack, which says nothing about the product and costs more than the rest of a death.
        super(process + " is dead", null, false, false);
    }
}
