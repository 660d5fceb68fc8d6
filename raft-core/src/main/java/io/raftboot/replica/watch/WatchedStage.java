package io.raftboot.replica.watch;

import io.raftboot.agent.Agent;
import java.util.function.Supplier;

/**
 * A stage that is watched.
 *
 * @param presentWork what it is at, a sentence that ends before "for so long"; any thread, must not block
 */
public record WatchedStage(String name, Agent agent, Supplier<String> presentWork) {}
