package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.Load;
import io.raftboot.benchmarks.load.MemberAddress;
import java.io.IOException;
import java.util.List;

/** A system to be measured. */
interface Contender {
    String name();

    /** How many each member listens on. */
    int portsPerMember();

    boolean can(Ability ability);

    /**
     * Starts a cluster on loopback, and whoever puts load on it: a new one, or one that has run in this group's directory with
     * this setup and all of whose processes have ended.
     *
     * @param group owns what is started
     * @return when the cluster has a leader and takes writes
     */
    RunningCluster start(ProcessGroup group, Setup setup) throws IOException, InterruptedException;

    /** What not every system has. */
    enum Ability {
        /** Load comes from inside a member, so that each can be told of by itself. */
        LOAD_INSIDE,
        /** A write may begin at a member that does not lead. */
        FORWARD,
        /** Linearizable reads. */
        READ
    }

    /**
     * The cluster that is wanted.
     *
     * @param members where they listen
     * @param load what is put on it
     * @param javaOptions for each JVM
     * @param snapshotEntries after how many entries a snapshot is taken, where a system counts them; 0 for never
     */
    record Setup(List<MemberAddress> members, Load load, List<String> javaOptions, int snapshotEntries) {}
}
