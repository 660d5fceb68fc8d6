package io.raftboot.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One run of a simulation: its events, its chance and its trace. All chance comes from the seed, and whoever needs some takes a
 * generator of his own, so that what one draws more or less changes nothing for the others but by what follows from it. Of one
 * thread at a time, as its {@linkplain #events events} are.
 */
public final class Simulation implements AutoCloseable {
    private final EventQueue events = new EventQueue();
    private final Trace trace = new Trace();
    private final SplittableRandom source;
    private final List<SimulatedHost> hosts = new ArrayList<>();

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
        var host = new SimulatedHost(this, name, pace);
        hosts.removeIf(SimulatedHost::isCrashed);
        hosts.add(host);
        return host;
    }

    /**
     * Ends the threads of what still waits, as if all processes died; nothing more can happen. Without it a simulation in which
     * something waits for ever keeps that thread, and all that it has, for ever.
     */
    @Override
    public void close() {
        events.clear();
        hosts.forEach(SimulatedHost::crash);
        var waiting = events.control().waiting();
        waiting.forEach(thread -> events.after(0, thread::endWait));
        events.runUntil(() -> events.control().waiting().isEmpty(), Duration.ZERO);
        events.clear();
    }
}
