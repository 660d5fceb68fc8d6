package io.raftboot.spring;

import io.raftboot.replica.ReplicaListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.AbstractApplicationContext;

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
        @Nullable ApplicationContext context = publisher instanceof ApplicationContext whole ? whole : null;
        if (context == null) {
            publishAtOnce(event);
        }
        for (; context != null; context = context.getParent()) {
            tell(context, event);
        }
    }

    private static void tell(ApplicationContext context, Object event) {
        if (!(context instanceof AbstractApplicationContext whole) || !whole.isActive()) {
            // The member stops last of all; the context's listeners may be gone by then.
            LOGGER.debug("{} came too late for the application", event);
            return;
        }
        try {
            new LeadershipMulticaster(whole).multicastEvent(new PayloadApplicationEvent<>(context, event));
        } catch (RuntimeException e) {
            LOGGER.warn("The application could not be told of {}", event, e);
        }
    }

    private void publishAtOnce(Object event) {
        try {
            publisher.publishEvent(event);
        } catch (RuntimeException e) {
            LOGGER.warn("A listener failed at {}", event, e);
        }
    }
}
