package io.raftboot.demo.process;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Ports to listen on, each given once. They lie below those that outgoing connections get: of hundreds of ports that are free now and
 * taken seconds later, when a process has started, a connection would take one sooner or later.
 */
final class ServerPorts {
    private static final int LOWEST = 10_000;
    private static final int COUNT = 20_000;

    private static final AtomicInteger next = new AtomicInteger(new SplittableRandom().nextInt(COUNT));

    private ServerPorts() {}

    static int one() {
        int port = LOWEST + next.getAndIncrement() % COUNT;
        return isFree(port) ? port : one();
    }

    static List<Integer> some(int count) {
        return Stream.generate(ServerPorts::one).limit(count).toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false; // somebody else listens there
        }
    }
}
