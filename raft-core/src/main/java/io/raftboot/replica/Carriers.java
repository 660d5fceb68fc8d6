package io.raftboot.replica;

import io.raftboot.agent.AgentThread;
import io.raftboot.replica.stage.ApplyStage;
import io.raftboot.replica.stage.LogStage;
import io.raftboot.replica.stage.RaftStage;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides how many threads carry the three stages. Fewer threads mean fewer wake-ups between the stages, and so less
 * latency and less processor time; more mean that a slow disk or a slow state machine holds up nothing else.
 */
enum Carriers {
    /** All on one. */
    ONE,
    /** Raft and log on one, apply on the other: a state machine that takes its time does not delay heartbeats. */
    TWO,
    /** Each on its own: neither does a slow disk. */
    THREE;

    /** Names one of these for a process whose members are to be measured another way; not meant for applications. */
    private static final String PROPERTY = "io.raftboot.carriers";

    /** What members are carried by where nothing else is said. */
    static Carriers chosen() {
        String name = System.getProperty(PROPERTY);
        return name == null ? THREE : valueOf(name);
    }

    List<AgentThread> carry(
            String prefix, RaftStage raft, LogStage log, ApplyStage apply, Consumer<Throwable> onFailure) {
        return switch (this) {
            case ONE -> List.of(new AgentThread(prefix, List.of(raft, log, apply), onFailure));
            case TWO ->
                List.of(
                        new AgentThread(prefix, List.of(raft, log), onFailure),
                        new AgentThread(prefix + "-apply", List.of(apply), onFailure));
            case THREE ->
                List.of(
                        new AgentThread(prefix, List.of(raft), onFailure),
                        new AgentThread(prefix + "-log", List.of(log), onFailure),
                        new AgentThread(prefix + "-apply", List.of(apply), onFailure));
        };
    }
}
