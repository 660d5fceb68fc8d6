package io.raftboot.api.event;

import java.util.List;

/**
 * The newest events of a member, {@value #MAX_EVENTS} at most. Where there would be more, the oldest goes of the type of which there
 * are most, so that what happens often does not displace what happens seldom. They are kept in memory, while the process runs:
 * the member may be stopped, fail and be started again meanwhile. Any thread.
 */
public interface MemberEvents {
    /** Events that are kept. */
    int MAX_EVENTS = 1000;

    /**
     * Those after a sequence number, in their order.
     *
     * @param sequence of the last that is known already; 0 for all that are kept
     */
    Page after(long sequence);

    /**
     * Has somebody told whenever there are new ones, until that is closed.
     *
     * @param told called on the threads of the member, so it must not block, and must not read here; it may be called without
     *     need
     */
    Listening listen(Runnable told);

    /**
     * Events, and what is known of the others.
     *
     * @param run in which they were counted: another one after the process has started again, where they are counted from 1 anew
     * @param oldest sequence number of the oldest that is kept; 0 if none is
     * @param newest sequence number of the newest; 0 if nothing happened yet
     */
    record Page(String run, long oldest, long newest, List<MemberEvent> events) {
        public Page {
            events = List.copyOf(events);
        }
    }

    /** That somebody is told. */
    interface Listening extends AutoCloseable {
        /** From now on he is told no more. */
        @Override
        void close();
    }
}
