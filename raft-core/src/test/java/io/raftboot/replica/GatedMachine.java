package io.raftboot.replica;

import static org.awaitility.Awaitility.await;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** A state machine beside the ledger that holds up the apply stage of one member for as long as a test wants. */
record GatedMachine(Gate gate, long id) implements StateMachine {
    static final String NAME = "gate";

    /** Shared by the machines of a cluster. */
    static final class Gate {
        private static final long ALL = -1;

        private volatile long closedFor;
        private volatile boolean waiting;
        private volatile CountDownLatch opened = new CountDownLatch(1);

        /** Sends a command through the leader that this member does not come to the end of before {@link #open}. */
        void hold(TestCluster cluster, long leader, long member) {
            closeFor(member);
            var unused = cluster.replica(leader).submit(NAME, new byte[0], null);
            await().atMost(TestCluster.PATIENCE).until(() -> waiting);
        }

        /** This member does not come to the end of the next command of this machine before {@link #open}. */
        void closeFor(long member) {
            closedFor = member;
        }

        /** The member that is held up, or would be; 0 if none. */
        long closedFor() {
            return closedFor;
        }

        /** As {@link #hold}, for all members. */
        void holdAll(TestCluster cluster, long leader) {
            hold(cluster, leader, ALL);
        }

        void open() {
            closedFor = 0;
            waiting = false;
            opened.countDown();
            opened = new CountDownLatch(1);
        }
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        long closedFor = gate.closedFor;
        if (closedFor == id || closedFor == Gate.ALL) {
            var until = gate.opened;
            gate.waiting = true;
            until.await();
        }
        return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
        return query;
    }

    @Override
    public SnapshotWriter snapshot() {
        return out -> {};
    }

    @Override
    public void restore(InputStream snapshot) {}
}
