package io.raftboot.benchmarks;

import java.io.IOException;

/** A system to be measured. */
interface Contender {
    String name();

    /**
     * Starts a new cluster of {@link #MEMBERS} on loopback, with nothing in it, and whoever puts load on it.
     *
     * @param group owns what is started
     * @return when the cluster has a leader and takes writes
     */
    RunningCluster start(ProcessGroup group) throws IOException, InterruptedException;

    int MEMBERS = 3;
}
