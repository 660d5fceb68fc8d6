package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.replica.Replica;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** The page that shows the cluster, in applications with Spring MVC that want it. */
@AutoConfiguration(after = RaftAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(Replica.class)
@ConditionalOnBooleanProperty("raft.console.enabled")
@Import(ConsoleConfiguration.class)
public final class RaftConsoleAutoConfiguration {
    /** Before the controllers of the application, one of which may take all paths. */
    static final int ORDER = -10;

    @Bean
    HandlerMapping raftConsoleHandlerMapping(ConsoleHandler handler, StreamSender streams) {
        return new SimpleUrlHandlerMapping(paths(new ServletConsole(handler, streams)), ORDER);
    }

    static Map<String, Object> paths(Object console) {
        var paths = new LinkedHashMap<String, Object>();
        paths.put(Paths.CONSOLE, console);
        paths.put(Paths.CONSOLE + "/**", console);
        return paths;
    }
}
