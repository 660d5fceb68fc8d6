package io.raftboot.spring.leader;

import io.raftboot.notice.QuietLogger;
import io.raftboot.spring.LeadershipGranted;
import io.raftboot.spring.LeadershipRevoked;
import org.slf4j.Logger;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;

/**
 * What a context without an event multicaster of its own gets: as Spring's in everything, but that a listener that fails at
 * {@link LeadershipGranted} or {@link LeadershipRevoked} takes the event from nobody else. Nobody waits for these events who
 * could make something of the exception, and half of an application that works while the other half does not know that it
 * should is the worst that can come of it.
 */
public final class LeadershipMulticaster extends SimpleApplicationEventMulticaster {
    /** The listeners are in the patterns, so that what is said of one does not keep back what is to be said of another. */
    private final Logger logger = QuietLogger.of(LeadershipMulticaster.class);

    private LeadershipMulticaster(BeanFactory beans) {
        super(beans);
    }

    /** Puts the multicaster into a context whose application has defined no {@code applicationEventMulticaster}: that one would be left alone. */
    public static BeanFactoryPostProcessor whereThereIsNone() {
        return beans -> {
            // All definitions are known by now, those of other auto-configurations too.
            if (!beans.containsLocalBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)) {
                beans.registerSingleton(
                        AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
                        new LeadershipMulticaster(beans));
            }
        };
    }

    @Override
    protected void invokeListener(ApplicationListener<?> listener, ApplicationEvent event) {
        if (!(event instanceof PayloadApplicationEvent<?> carrier) || !isOfLeadership(carrier.getPayload())) {
            super.invokeListener(listener, event);
            return;
        }
        try {
            super.invokeListener(listener, event);
        } catch (RuntimeException | Error e) {
            String named = String.valueOf(listener).replace("{}", "{ }");
            logger.warn(
                    "The listener " + named + " failed at {}; the others are told all the same",
                    carrier.getPayload(),
                    e);
        }
    }

    private static boolean isOfLeadership(Object payload) {
        return payload instanceof LeadershipGranted || payload instanceof LeadershipRevoked;
    }
}
