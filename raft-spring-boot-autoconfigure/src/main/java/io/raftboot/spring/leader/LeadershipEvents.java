package io.raftboot.spring.leader;

import io.raftboot.api.Divergence;
import io.raftboot.api.ReplicaListener;
import io.raftboot.notice.QuietLogger;
import io.raftboot.spring.LeadershipGranted;
import io.raftboot.spring.LeadershipRevoked;
import io.raftboot.spring.StatesDiverged;
import org.slf4j.Logger;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Tells the application of a member's leadership as {@link LeadershipGranted} and {@link LeadershipRevoked}, and of states that are
 * not the same any more as {@link StatesDiverged}.
 */
public final class LeadershipEvents implements ReplicaListener {
    private final Logger logger = QuietLogger.of(LeadershipEvents.class);

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

    @Override
    public void diverged(Divergence divergence) {
        publish(new StatesDiverged(group, nodeId, divergence));
    }

    /** A listener that fails is named by {@link LeadershipMulticaster}, or by what the application has in its place. */
    private void publish(Object event) {
        try {
            publisher.publishEvent(event);
        } catch (RuntimeException | Error e) {
            if (isLate(e)) {
                logger.debug("{} came too late for the application", event, e);
            } else {
                logger.warn("The application could not be told of {}, or not all of it", event, e);
            }
        }
    }

    /** The member stops last of all; the context's listeners may be gone by then. */
    private boolean isLate(Throwable e) {
        return publisher instanceof ConfigurableApplicationContext context
                && !context.isActive()
                && (e instanceof IllegalStateException || e instanceof BeanCreationNotAllowedException);
    }
}
