package io.raftboot.replica.leader;

/**
 * What the listeners are told of this member's leadership. It is granted when the raft stage says that this member leads and
 * may act on it, and lasts as long as that and as long as a majority is heard of; the latter is looked after by whoever
 * can't hang. Any thread; the lock is held for as long as it takes to put an event into a queue, so that events are in the
 * order of what they tell.
 */
public final class Office {
    private static final long NONE = 0;

    private final long nodeId;
    private final ReplicaEvents events;
    private MajorityBehind believed = term -> true;
    private long readyTerm = NONE;
    private long announcedTerm = NONE;
    private boolean ended;

    Office(long nodeId, ReplicaEvents events) {
        this.nodeId = nodeId;
        this.events = events;
    }

    /** Whether a leader of a term may take itself for one at this moment. */
    public synchronized void believeWhile(MajorityBehind newBelieved) {
        believed = newBelieved;
    }

    /** On the raft stage: this member leads, and has seen all that was committed before. */
    synchronized void take(long term) {
        readyTerm = term;
        announce();
    }

    /** On the raft stage: it does not any more. */
    synchronized void leave() {
        readyTerm = NONE;
        announce();
    }

    /** Any thread: the member ends, whether or not the raft stage can still say so, and leads no more. */
    public synchronized void end() {
        ended = true;
        announce();
    }

    /** Any thread, again and again. */
    public synchronized void look() {
        announce();
    }

    private void announce() {
        long term = !ended && readyTerm != NONE && believed.isBehind(readyTerm) ? readyTerm : NONE;
        if (term == announcedTerm) {
            return;
        }
        if (announcedTerm != NONE) {
            events.leadershipRevoked(announcedTerm);
        }
        if (term != NONE) {
            events.leadershipGranted(nodeId, term);
        }
        announcedTerm = term;
    }
}
