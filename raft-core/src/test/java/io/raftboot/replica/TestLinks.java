package io.raftboot.replica;

import io.raftboot.agent.Clock;
import io.raftboot.api.meter.MemberMeter;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.raft.AppliedConfiguration;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.duty.AppliedView;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.duty.InForce;
import io.raftboot.replica.duty.Links;
import io.raftboot.replica.duty.Observers;
import io.raftboot.replica.duty.RaftTasks;
import io.raftboot.replica.duty.Self;
import java.time.Duration;

/** What the parts of member 1 know of each other, where the test's own thread is the raft stage. */
public final class TestLinks {
    private TestLinks() {}

    /** Tasks for the raft stage are run at once. */
    public static Links of(Clock clock, Duration electionTimeout, long runId, AppliedConfiguration configuration) {
        return of(clock, electionTimeout, runId, configuration, EventSink.NONE);
    }

    /** With somebody who is told of what happens. */
    public static Links of(
            Clock clock, Duration electionTimeout, long runId, AppliedConfiguration configuration, EventSink events) {
        var tasks = new RaftTasks();
        tasks.wakeWith(() -> {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        });
        return new Links(
                new Self(1, runId, clock, electionTimeout, Duration.ofMillis(50)),
                tasks,
                new InForce(configuration),
                new AppliedView(),
                new Observers(MemberMeter.NONE, CommandTracer.NONE, events));
    }

    public static Links of(Clock clock, long electionTimeoutMillis) {
        return of(
                clock,
                Duration.ofMillis(electionTimeoutMillis),
                7,
                new AppliedConfiguration(0, ConfState.getDefaultInstance()));
    }
}
