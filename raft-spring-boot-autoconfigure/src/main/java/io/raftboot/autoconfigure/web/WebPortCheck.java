package io.raftboot.autoconfigure.web;

import io.raftboot.autoconfigure.RaftNodeLifecycle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.SmartLifecycle;

/**
 * Sees before the member starts whether the web server will get its port. The server itself is only started after the
 * member; an application that can't start for want of a port should not leave a new data directory behind.
 */
final class WebPortCheck implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, SmartLifecycle {
    /** Right before the member. */
    static final int PHASE = RaftNodeLifecycle.PHASE - 1;

    private static final Logger log = LoggerFactory.getLogger(WebPortCheck.class);
    private static final int SHORTEST_BACKLOG = 1;

    private final MemberPortCheck memberPort;

    private @Nullable AbstractConfigurableWebServerFactory factory;
    private boolean running;

    WebPortCheck(MemberPortCheck memberPort) {
        this.memberPort = memberPort;
    }

    /** Keeps it only: what port it has is known when all others have customized it too. */
    @Override
    public void customize(AbstractConfigurableWebServerFactory customized) {
        factory = customized;
    }

    /**
     * @throws PortInUseException as the web server would throw it
     * @throws io.raftboot.autoconfigure.InvalidRaftPropertyException if the member is to have the same port
     */
    @Override
    public void start() {
        running = true;
        AbstractConfigurableWebServerFactory checked = factory;
        // Once: a context that is started again has a directory already, and perhaps a server that keeps its port.
        factory = null;
        if (checked != null) {
            memberPort.check(checked.getAddress(), checked.getPort());
        }
        if (checked != null && checked.getPort() > 0) {
            check(checked.getAddress(), checked.getPort());
        }
    }

    private static void check(@Nullable InetAddress address, int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, port), SHORTEST_BACKLOG);
        } catch (IOException e) {
            PortInUseException.throwIfPortBindingException(e, () -> port);
            // Whatever else it is, the web server knows better how to say it.
            log.debug("Port {} can't be tried out", port, e);
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
