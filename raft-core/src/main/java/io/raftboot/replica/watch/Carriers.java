package io.raftboot.replica.watch;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides how many threads carry the three stages. Fewer threads mean fewer wake-ups between the stages, and so less
 * latency and less processor time; more mean that a slow disk or a slow state machine holds up nothing else.
 */
public enum Carriers {
    /** All on one. */
    ONE,
    /** Raft and log on one, apply on the other: a state machine that takes its time does not delay heartbeats. */
    TWO,
    /** Each on its own: neither does a slow disk. */
    THREE,
    /**
     * Each on its own, but that the two of raft and log help each other: who has made work for the other one does it itself if that one
     * rests. Neither does a slow disk delay heartbeats, and a third of the wake-ups of these two are spared where little is under way.
     */
    CREW;

    /** Names one of these for a process whose members are to be measured another way; not meant for applications. */
    private static final String PROPERTY = "io.raftboot.carriers";

    /** What members are carried by where nothing else is said. */
    public static Carriers chosen() {
        String name = System.getProperty(PROPERTY);
        return name == null ? THREE : valueOf(name);
    }

    /** @param agents the raft stage, the log stage and the apply stage, in this order */
    List<Carrier> carry(AgentHost host, String prefix, List<Agent> agents, Consumer<Throwable> onFailure) {
        return switch (this) {
            case ONE -> List.of(host.carry(prefix, agents, onFailure));
            case TWO ->
                List.of(
                        host.carry(prefix, agents.subList(0, 2), onFailure),
                        host.carry(prefix + "-apply", agents.subList(2, 3), onFailure));
            case THREE ->
                List.of(
                        host.carry(prefix, agents.subList(0, 1), onFailure),
                        host.carry(prefix + "-log", agents.subList(1, 2), onFailure),
                        host.carry(prefix + "-apply", agents.subList(2, 3), onFailure));
            case CREW -> {
                var carriers = new ArrayList<Carrier>();
                carriers.addAll(host.carryTogether(List.of(prefix, prefix + "-log"), agents.subList(0, 2), onFailure));
                // What the application does here, and interrupts, is far from the files of the log.
                carriers.add(host.carry(prefix + "-apply", agents.subList(2, 3), onFailure));
                yield carriers;
            }
        };
    }
}
