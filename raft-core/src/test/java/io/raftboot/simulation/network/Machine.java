package io.raftboot.simulation.network;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the kernel of a machine knows of the network: its ports and its ends of connections. One process runs on it at a time. */
final class Machine {
    private static final int FIRST_FREE_PORT = 32_768;

    private final InetAddress address;
    private final Map<Integer, Listener> listeners = new TreeMap<>();
    private final Set<Socket> sockets = new LinkedHashSet<>();
    private int nextPort = FIRST_FREE_PORT;
    private boolean on;
    private int life;

    Machine(InetAddress address) {
        this.address = address;
    }

    InetAddress address() {
        return address;
    }

    boolean isOn() {
        return on;
    }

    void turnOn() {
        on = true;
    }

    /** Number of the process that runs on it. */
    int life() {
        return life;
    }

    int freePort() {
        return nextPort++;
    }

    int dials() {
        return nextPort - FIRST_FREE_PORT;
    }

    void add(Socket socket) {
        sockets.add(socket);
    }

    void remove(Socket socket) {
        sockets.remove(socket);
    }

    List<Socket> sockets() {
        return List.copyOf(sockets);
    }

    @Nullable
    Listener listener(int port) {
        return listeners.get(port);
    }

    /** False if somebody listens there already. */
    boolean listen(int port, Listener listener) {
        return listeners.putIfAbsent(port, listener) == null;
    }

    void endListening(int port) {
        var listener = listeners.remove(port);
        if (listener != null) {
            listener.close();
        }
    }

    /** The process is gone, and the kernel ends for it what it had. */
    void endProcess() {
        life++;
        List.copyOf(listeners.keySet()).forEach(this::endListening);
        sockets().forEach(Socket::close);
    }

    /** The power is gone: nothing ends, nothing answers, and nothing is known of before when it comes on again. */
    void losePower() {
        life++;
        on = false;
        listeners.clear();
        sockets().forEach(Socket::vanish);
    }
}
