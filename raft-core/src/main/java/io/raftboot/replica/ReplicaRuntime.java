package io.raftboot.replica;

import io.raftboot.agent.AgentHost;
import io.raftboot.agent.LabelledHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.notice.LogLabels;
import io.raftboot.replica.watch.Carriers;
import io.raftboot.replica.watch.LifeTimes;

/** How a replica runs: on which threads, by which clock, and how long the steps of its life may take. */
record ReplicaRuntime(AgentHost host, Carriers carriers, LifeTimes times) {
    /** The same, with threads that say which member they work for. */
    ReplicaRuntime labelled(LogLabels labels) {
        return new ReplicaRuntime(new LabelledHost(host, labels), carriers, times);
    }

    /** As an application wants it. */
    static ReplicaRuntime ofThisProcess() {
        return on(ThreadedHost.SYSTEM);
    }

    static ReplicaRuntime on(AgentHost host) {
        return new ReplicaRuntime(host, Carriers.chosen(), LifeTimes.DEFAULT);
    }
}
