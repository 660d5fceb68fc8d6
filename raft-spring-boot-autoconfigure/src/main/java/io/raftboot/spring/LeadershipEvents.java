package io.raftboot.spring;

import io.raftboot.replica.ReplicaListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/** Tells the application of a member's leadership as {@link LeadershipGranted} and {@link LeadershipRevoked}. */
public final class LeadershipEvents implements ReplicaListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(LeadershipEvents.class);

    private final String group;
    private final long nodeId;
    private final ApplicationEventPublisher publisher;

    public LeadershipEvents(String group, long nodeId, ApplicationEventPublisher publisher) {
        this.group = group;
        this.nodeId = nodeId;
        this.publisher = publisher;
    }

    @Override
    public void leadershipGranted(long term) {
        publish(new LeadershipGranted(group, nodeId, term));
    }

    @Override
    public void leadershipRevoked(long term) {
        publish(new LeadershipRevoked(group, nodeId, term));
    }

    private void publish(Object event) {
        try {
            publisher.publishEvent(event);
        } catch (IllegalStateException e) {
            // The member stops last of all; the context's listeners may be gone by then.
            LOGGER.debug("{} came too late for the application", event, e);
        }
    }
}
