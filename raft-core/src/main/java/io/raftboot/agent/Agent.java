package io.raftboot.agent;

/**
 * A stage: owns its state and touches nobody else's. Stepped by one thread at a time, not always the same.
 */
public interface Agent {
    /**
     * Does what is there to do, without waiting for more.
     *
     * @return how much it was; 0 if there was nothing
     * @throws Exception whatever makes it impossible to go on; the member stops
     */
    int doWork() throws Exception;

    /** Told once, by whoever carries the agent, how to wake that carrier; called before the first {@link #doWork}. */
    void wakeWith(Runnable waker);

    String name();

    /** Kept up by whoever carries the agent, and by the agent where it goes on from one piece of work to the next. */
    AgentActivity activity();
}
