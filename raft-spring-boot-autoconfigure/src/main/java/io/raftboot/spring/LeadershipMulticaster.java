package io.raftboot.spring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;

/** Tells each listener of a context by itself, so that one that fails takes the event from nobody else. */
final class LeadershipMulticaster extends SimpleApplicationEventMulticaster {
    private static final Logger LOGGER = LoggerFactory.getLogger(LeadershipEvents.class);

    LeadershipMulticaster(AbstractApplicationContext context) {
        super(context.getBeanFactory());
        context.getApplicationListeners().forEach(this::addApplicationListener);
    }

    @Override
    protected void invokeListener(ApplicationListener<?> listener, ApplicationEvent event) {
        try {
            super.invokeListener(listener, event);
        } catch (Exception | Error e) {
            LOGGER.warn("The listener {} failed at {}", listener, event, e);
        }
    }
}
