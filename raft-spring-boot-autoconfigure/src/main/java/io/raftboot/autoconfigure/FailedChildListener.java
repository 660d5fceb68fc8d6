package io.raftboot.autoconfigure;

import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Tells the member of a parent context of a child that could not start. Nobody closes the parent then, so its member would keep a
 * process that does nothing else, as a full member of its group.
 */
final class FailedChildListener implements ApplicationListener<ApplicationFailedEvent> {
    @Override
    public void onApplicationEvent(ApplicationFailedEvent event) {
        ApplicationContext failed = event.getApplicationContext();
        ApplicationContext parent = failed == null ? null : failed.getParent();
        if (parent != null) {
            parent.getBeanProvider(RaftNodeLifecycle.class).ifAvailable(RaftNodeLifecycle::childFailed);
        }
    }
}
