package io.raftboot.replica;

import io.raftboot.proof.Sometimes;
import io.raftboot.simulation.SimulatedTransports;
import java.util.Collection;
import java.util.function.BiConsumer;

/** The network of a world, and what can be done to it. Between members, by their ids. */
interface Ways {
    /** Where members get their transports. */
    SimulatedTransports transports();

    /** Loses what goes from the one to the other. */
    void cut(long from, long to);

    /** Undoes all cuts. */
    void mend();

    /**
     * What is sent is lost, comes late, or comes otherwise, more or less often than before.
     *
     * @param what drawn
     */
    void weather(int what, Collection<Long> members);

    /** What goes from the one to the other takes long, or waits. */
    void clog(long from, long to, int what);

    /** Connections between the two end. */
    void reset(long one, long other, int what);

    /** Now and then: tells by member what has become of connections that were broken. */
    default void look(BiConsumer<Long, Sometimes> happened) {}

    /** Everything is as it should be again. */
    void calm();
}
