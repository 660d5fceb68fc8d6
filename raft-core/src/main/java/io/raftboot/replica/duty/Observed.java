package io.raftboot.replica.duty;

import io.raftboot.agent.AgentHost;
import io.raftboot.notice.LogLabels;

/** A replica as it is observed, over all its runs: who measures it and traces its commands, and what has happened to it. Any thread. */
public final class Observed {
    private final LogLabels labels;
    private final MeterRelay meter;
    private final TracerRelay tracer = new TracerRelay();
    private final EventLog events;
    private final MeteredCalls calls;

    /** @param host on which it runs */
    public Observed(long nodeId, String group, AgentHost host) {
        this.labels = new LogLabels(nodeId, group);
        this.meter = new MeterRelay(labels);
        this.events = new EventLog(host.clock());
        this.calls = new MeteredCalls(meter, host.clock());
    }

    /** Labels of the lines of its threads. */
    public LogLabels labels() {
        return labels;
    }

    public MeterRelay meter() {
        return meter;
    }

    public TracerRelay tracer() {
        return tracer;
    }

    public EventLog events() {
        return events;
    }

    /** Calls that are measured. */
    public MeteredCalls calls() {
        return calls;
    }

    /** Those who are told of it, for a run. */
    public Observers observers() {
        return new Observers(meter, tracer, events);
    }
}
