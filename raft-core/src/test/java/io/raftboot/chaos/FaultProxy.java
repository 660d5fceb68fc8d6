package io.raftboot.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stands between places (numbers) and spoils what one says to another: each way of each pair has faults of its own, whoever of the
 * two has dialled. Counts what it has really done.
 */
final class FaultProxy implements AutoCloseable {
    /** Stands for whoever dials from an address of no place; faults of it hold for all. */
    static final int ANYONE = 0;

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

    /** What can be done to a way. */
    enum Kind {
        /** What comes is passed on so many milliseconds later. */
        DELAY,
        /** So many bytes a second are passed on. */
        THROTTLE,
        /** What comes is lost, and so is all that comes later on the same connection, which stays open on this side. */
        HALF_OPEN,
        /** One bit is turned over in each of the next so many pieces. */
        FLIP,
        /** Connections are reset; with 1 those that are there, and none later. */
        RESET
    }

    private record Way(int from, int to) {}

    private final ToIntFunction<InetAddress> placeOf;
    private final IntFunction<@Nullable InetAddress> addressOf;
    private final Map<Way, Map<Kind, AtomicInteger>> faults = new ConcurrentHashMap<>();
    private final Map<Kind, AtomicLong> done = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Set<ServerSocket> doors = ConcurrentHashMap.newKeySet();

    /**
     * A proxy without doors.
     *
     * @param placeOf of the address that a connection comes from, {@link #ANYONE} if it is of none
     * @param addressOf a place, from which its connections are passed on; null for any address
     */
    FaultProxy(ToIntFunction<InetAddress> placeOf, IntFunction<@Nullable InetAddress> addressOf) {
        this.placeOf = placeOf;
        this.addressOf = addressOf;
        for (Kind kind : Kind.values()) {
            done.put(kind, new AtomicLong());
        }
    }

    /** Passes what comes on here to a place. Returns the port. */
    int open(InetSocketAddress listen, int place, InetSocketAddress target) throws IOException {
        var door = new ServerSocket();
        door.setReuseAddress(true);
        door.bind(listen);
        doors.add(door);
        thread("accept-" + place, () -> accept(door, place, target));
        return door.getLocalPort();
    }

    /** Sets a fault on a way, in place of the one of its kind; 0 ends it. */
    void set(int from, int to, Kind kind, int value) {
        if (kind == Kind.RESET) {
            connections.stream()
                    .filter(connection -> connection.joins(from, to))
                    .forEach(connection -> {
                        connection.reset();
                        count(Kind.RESET);
                    });
            return;
        }
        fault(from, to, kind).set(value);
    }

    void healAll() {
        faults.values().forEach(kinds -> kinds.values().forEach(value -> value.set(0)));
    }

    /** How often something of the kind was done: pieces of data, or connections. */
    long done(Kind kind) {
        return counter(kind).get();
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket door : doors) {
            door.close();
        }
        healAll();
        connections.forEach(Connection::reset);
    }

    private void count(Kind kind) {
        counter(kind).incrementAndGet();
    }

    private AtomicLong counter(Kind kind) {
        return done.computeIfAbsent(kind, any -> new AtomicLong());
    }

    private AtomicInteger fault(int from, int to, Kind kind) {
        return faults.computeIfAbsent(new Way(from, to), way -> new ConcurrentHashMap<>())
                .computeIfAbsent(kind, any -> new AtomicInteger());
    }

    private int value(int from, int to, Kind kind) {
        return Math.max(
                fault(from, to, kind).get(),
                Math.max(
                        fault(ANYONE, to, kind).get(), fault(from, ANYONE, kind).get()));
    }

    private void accept(ServerSocket door, int place, InetSocketAddress target) {
        while (!door.isClosed()) {
            try {
                var near = door.accept();
                thread("dial-" + place, () -> pass(near, place, target));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void pass(Socket near, int place, InetSocketAddress target) {
        var far = new Socket();
        int from = placeOf.applyAsInt(near.getInetAddress());
        var connection = new Connection(from, place, near, far);
        connections.add(connection);
        try {
            var own = addressOf.apply(from);
            if (own != null) {
                far.bind(new InetSocketAddress(own, 0));
            }
            far.connect(target, CONNECT_TIMEOUT_MILLIS);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            thread("back-" + place, () -> connection.pump(far, near, place, from));
            connection.pump(near, far, from, place);
        } catch (IOException e) {
            connection.reset(); // the target is not there
        }
    }

    private final class Connection {
        private final int from;
        private final int to;
        private final Socket near;
        private final Socket far;

        Connection(int from, int to, Socket near, Socket far) {
            this.from = from;
            this.to = to;
            this.near = near;
            this.far = far;
        }

        boolean joins(int one, int other) {
            return (isPlace(from, one) && isPlace(to, other)) || (isPlace(from, other) && isPlace(to, one));
        }

        void reset() {
            reset(near);
            reset(far);
            connections.remove(this);
        }

        void pump(Socket source, Socket sink, int sender, int receiver) {
            byte[] buffer = new byte[BUFFER_BYTES];
            boolean lost = false;
            try {
                var in = source.getInputStream();
                var out = sink.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    lost |= value(sender, receiver, Kind.HALF_OPEN) > 0;
                    if (lost) {
                        count(Kind.HALF_OPEN);
                        continue;
                    }
                    hold(sender, receiver, count);
                    flip(buffer, count, sender, receiver);
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                reset(); // one side went away: so does the other
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                reset();
            }
        }

        private static void reset(Socket socket) {
            try (socket) {
                if (!socket.isClosed()) {
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException e) {
                assert socket.isClosed(); // closed already
            }
        }
    }

    private static boolean isPlace(int place, int asked) {
        return place == ANYONE || asked == ANYONE || place == asked;
    }

    private void hold(int from, int to, int bytes) throws InterruptedException {
        int delay = value(from, to, Kind.DELAY);
        if (delay > 0) {
            count(Kind.DELAY);
            Thread.sleep(delay);
        }
        int bytesPerSecond = value(from, to, Kind.THROTTLE);
        if (bytesPerSecond > 0) {
            count(Kind.THROTTLE);
            Thread.sleep(1000L * bytes / bytesPerSecond);
        }
    }

    private void flip(byte[] buffer, int count, int from, int to) {
        if (takeOne(from, to) || takeOne(ANYONE, to) || takeOne(from, ANYONE)) {
            var random = ThreadLocalRandom.current();
            buffer[random.nextInt(count)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            count(Kind.FLIP);
        }
    }

    private boolean takeOne(int from, int to) {
        var left = fault(from, to, Kind.FLIP);
        return left.get() > 0 && left.getAndDecrement() > 0;
    }

    private static void thread(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
