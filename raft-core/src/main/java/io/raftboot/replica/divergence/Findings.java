package io.raftboot.replica.divergence;

import io.raftboot.api.Divergence;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.duty.EventSink;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** What was found not to be the same, one for each state machine at most. Owned by the raft stage. */
final class Findings {
    private final Logger log = QuietLogger.of(Findings.class);
    private final Map<String, Divergence> byMachine = new TreeMap<>();
    private final Consumer<Divergence> listener;
    private final EventSink events;
    private volatile List<Divergence> all = List.of();

    /** @param listener told of each, once */
    Findings(Consumer<Divergence> listener, EventSink events) {
        this.listener = listener;
        this.events = events;
    }

    boolean isKnown(String machine) {
        return byMachine.containsKey(machine);
    }

    void add(Divergence divergence) {
        byMachine.put(divergence.machine(), divergence);
        all = List.copyOf(byMachine.values());
        events.error(
                log,
                EventType.DIVERGENCE,
                EventSink.NO_NODE,
                of(divergence.machine()) + "{}. The members go on all the same",
                divergence.text());
        listener.accept(divergence);
    }

    /** All members that were not the same are so again: one of them has a state that came from another. */
    void healed(String machine, long index) {
        byMachine.remove(machine);
        all = List.copyOf(byMachine.values());
        events.warn(
                log,
                EventType.DIVERGENCE,
                EventSink.NO_NODE,
                of(machine) + "the state is the same again on all members, as of index {}",
                index);
    }

    /** Stands in the pattern, so that what is said of one machine keeps back nothing of another. */
    private static String of(String machine) {
        return "divergence of '" + machine.replace("{}", "{ }") + "': ";
    }

    /** Any thread. */
    List<Divergence> all() {
        return all;
    }
}
