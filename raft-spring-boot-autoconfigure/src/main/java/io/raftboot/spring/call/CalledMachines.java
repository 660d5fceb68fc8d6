package io.raftboot.spring.call;

import org.jspecify.annotations.Nullable;

/** The state machines of a group, as far as those who call them know them. Any thread. */
public interface CalledMachines {
    /**
     * What an annotated state machine offers.
     *
     * @throws IllegalArgumentException if there is none of that name, or one that takes bytes
     * @throws io.raftboot.spring.RaftRefusedException if it can't be told now
     */
    StateMachineDefinition definition(String machine);

    /** Why a state machine can't take a command in bytes; null if nothing is known against it. */
    @Nullable
    String misfit(String machine, byte[] command);
}
