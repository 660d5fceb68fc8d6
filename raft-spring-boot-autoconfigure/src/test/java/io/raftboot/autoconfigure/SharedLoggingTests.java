package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

class SharedLoggingTests {
    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Test
    void loggingStaysAsItWasSetUpThroughClosingAndStartingOfOthers() {
        try (var first = run()) {
            List<Appender<ILoggingEvent>> before = rootAppenders();
            run().close();
            try (var third = run()) {
                assertThat(first.isActive() && third.isActive()).isTrue();
                assertThat(rootAppenders()).isNotEmpty().containsExactlyElementsOf(before);
                assertThat(before).allMatch(Appender::isStarted);
            }
        }
    }

    private static ConfigurableApplicationContext run() {
        var application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        SharedLogging.use(application);
        return application.run();
    }

    private static List<Appender<ILoggingEvent>> rootAppenders() {
        var appenders = new ArrayList<Appender<ILoggingEvent>>();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .iteratorForAppenders()
                .forEachRemaining(appenders::add);
        return appenders;
    }
}
