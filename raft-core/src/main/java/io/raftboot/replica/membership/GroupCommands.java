package io.raftboot.replica.membership;

import io.raftboot.api.Outcome;
import java.util.concurrent.CompletableFuture;

/** The way of a command to the group's own state machine. Any thread. */
@FunctionalInterface
public interface GroupCommands {
    CompletableFuture<Outcome> submit(byte[] command);
}
