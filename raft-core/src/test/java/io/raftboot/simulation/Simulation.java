package io.raftboot.simulation;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One run of a simulation: its events, its chance and its trace. All chance comes from the seed, and whoever needs some takes a
 * generator of his own, so that what one draws more or less changes nothing for the others but by what follows from it. Of one thread.
 */
public final class Simulation {
    private final EventQueue events = new EventQueue();
    private final Trace trace = new Trace();
    private final SplittableRandom source;

    public Simulation(long seed) {
        source = new SplittableRandom(seed);
    }

    public EventQueue events() {
        return events;
    }

    public Trace trace() {
        return trace;
    }

    /** A new generator. */
    public RandomGenerator random() {
        return source.split();
    }

    /** A line of the trace, at this time. */
    public void note(String who, String what) {
        trace.note(events.nowNanos(), who, what);
    }

    /** A process that begins now. */
    public SimulatedHost host(String name, Pace pace) {
        return new SimulatedHost(this, name, pace);
    }
}
