package io.raftboot.autoconfigure;

import java.util.ArrayList;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationStartingEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;

/**
 * Lets several applications of one process use one logging system: whichever starts first sets it up, and none takes it down
 * when it closes. Otherwise the next one to start sets it up anew while those that run are writing lines.
 */
public final class SharedLogging {
    private SharedLogging() {}

    /** Makes an application share, before it runs. */
    public static void use(SpringApplication application) {
        var listeners = new ArrayList<ApplicationListener<?>>();
        for (ApplicationListener<?> listener : application.getListeners()) {
            listeners.add(listener instanceof LoggingApplicationListener logging ? new Start(logging) : listener);
        }
        application.setListeners(listeners);
    }

    /** What sets logging up, which does nothing when it is; not what registers and does the clean-up at the end. */
    private record Start(LoggingApplicationListener logging) implements GenericApplicationListener {
        @Override
        public boolean supportsEventType(ResolvableType eventType) {
            Class<?> type = eventType.getRawClass();
            return type == ApplicationStartingEvent.class || type == ApplicationEnvironmentPreparedEvent.class;
        }

        @Override
        public void onApplicationEvent(ApplicationEvent event) {
            logging.onApplicationEvent(event);
        }

        @Override
        public int getOrder() {
            return logging.getOrder();
        }
    }
}
