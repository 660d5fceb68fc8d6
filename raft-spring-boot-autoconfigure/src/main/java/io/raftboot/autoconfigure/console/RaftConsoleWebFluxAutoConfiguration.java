package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/** The page that shows the cluster, in applications with Spring WebFlux that want it. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnBooleanProperty("raft.console.enabled")
@Import(ConsoleConfiguration.class)
public final class RaftConsoleWebFluxAutoConfiguration {
    @Bean
    HandlerMapping raftConsoleHandlerMapping(ConsoleHandler handler, StreamSender streams) {
        return new SimpleUrlHandlerMapping(
                RaftConsoleAutoConfiguration.paths(new ReactiveConsole(handler, streams)),
                RaftConsoleAutoConfiguration.ORDER);
    }
}
