package io.raftboot.simulation.network;

import io.raftboot.simulation.SimulatedHost;
import io.raftboot.simulation.Simulation;
import io.raftboot.transport.netty.wire.Sockets;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network between the machines of a simulation, with controls to break it. Connections are made, carry bytes and end as those of
 * TCP do; a fault changes when and whether bytes arrive, and never their order. A machine has a number, which the members' ids are
 * taken for, an address and a name. All chance comes from the simulation's seed.
 */
public final class SimulatedNetwork {
    /** The port that members listen on. */
    public static final int PORT = 7400;

    private static final int MIN_CAPACITY_BYTES = 4 << 10;
    private static final int MAX_CAPACITY_BYTES = 256 << 10;
    private static final int MAX_PIECE_BITS = 14;

    private record Way(long from, long to) implements Comparable<Way> {
        @Override
        public int compareTo(Way other) {
            return from == other.from ? Long.compare(to, other.to) : Long.compare(from, other.from);
        }
    }

    /** What becomes of an attempt to connect, as long as there is an answer. */
    interface Outcome {
        void connected(Socket socket);

        void failed(ConnectException cause);
    }

    private final Simulation simulation;
    private final RandomGenerator random;
    private final Map<Long, Machine> machines = new TreeMap<>();
    private final Map<Way, Direction> directions = new TreeMap<>();
    private long minDelayNanos = 50_000;
    private long maxDelayNanos = 1_000_000;
    private long channels;

    public SimulatedNetwork(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
    }

    /** Where a machine is found, without asking for its name. */
    public static String address(long machine) {
        return "10.0." + (machine >> 8) + "." + (machine & 0xff);
    }

    /** How a machine is called. */
    public static String name(long machine) {
        return "member" + machine;
    }

    /** What a process on this machine connects and listens with; the machine is on from now on. */
    public Sockets sockets(SimulatedHost process, long machine) {
        var present = machine(machine);
        present.turnOn();
        return new SimulatedSockets(this, present, process);
    }

    /** A process has ended on this machine, in a way that is drawn. */
    public void died(long machine) {
        died(machine, random.nextInt(3) == 0 ? Death.POWER_LOST : Death.KILLED);
    }

    /** A process has ended on this machine, in this way. */
    public void died(long machine, Death death) {
        note(name(machine) + " " + death);
        switch (death) {
            case KILLED -> machine(machine).endProcess();
            case POWER_LOST -> machine(machine).losePower();
        }
    }

    /** Loses everything that goes from the one to the other, or no longer. */
    public void cut(long from, long to, boolean value) {
        note((value ? "cuts " : "mends ") + from + " to " + to);
        direction(from, to).cut(value);
    }

    /** Loses everything between the two. */
    public void cutBoth(long one, long other) {
        cut(one, other, true);
        cut(other, one, true);
    }

    /** Loses everything between this machine and the others. */
    public void isolate(long machine) {
        machines.keySet().stream().filter(other -> other != machine).toList().forEach(other -> cutBoth(machine, other));
    }

    /** Repairs all that was cut, clogged, slowed and spoiled. */
    public void heal() {
        note("heals");
        for (var direction : directions.values()) {
            direction.slow(0);
            direction.flip(0);
            direction.clog(false);
            direction.cut(false);
        }
    }

    /** Holds up everything that goes from the one to the other, or no longer. */
    public void clog(long from, long to, boolean value) {
        note((value ? "clogs " : "frees ") + from + " to " + to);
        direction(from, to).clog(value);
    }

    /**
     * Lets so much through, from now on.
     *
     * @param bytesPerSecond 0 for as many as come
     */
    public void slow(long from, long to, long bytesPerSecond) {
        direction(from, to).slow(bytesPerSecond);
    }

    /** Turns one bit of a piece that arrives, with this probability. */
    public void flip(long from, long to, double probability) {
        direction(from, to).flip(probability);
    }

    /** Whatever is sent is on its way for a time between the two. */
    public void delay(Duration min, Duration max) {
        minDelayNanos = min.toNanos();
        maxDelayNanos = max.toNanos();
    }

    /** Ends all connections between the two now, and both hear of it. */
    public BrokenConnections reset(long one, long other) {
        var broken = resetAt(one, other);
        resetAt(other, one);
        return broken;
    }

    /** Ends all connections with the other for this machine, and the other does not hear of it before it sends something. */
    public BrokenConnections resetAt(long machine, long other) {
        note("resets at " + machine + " what it has with " + other);
        var broken = broken(machine, other);
        ends(machine, other).forEach(Socket::tearDown);
        return broken;
    }

    /** Drops from now on what arrives at this machine on its present connections with the other; both believe in them. */
    public BrokenConnections silence(long machine, long other) {
        note("silences " + machine + " for " + other);
        ends(machine, other).forEach(Socket::goSilent);
        return broken(machine, other);
    }

    private BrokenConnections broken(long machine, long other) {
        return new BrokenConnections(ends(machine, other), () -> ends(machine, other));
    }

    private List<Socket> ends(long machine, long other) {
        var address = machine(other).address();
        return machine(machine).sockets().stream()
                .filter(socket -> socket.remote().getAddress().equals(address))
                .toList();
    }

    /** How many connections a machine has an end of. */
    public int connectionCount(long machine) {
        return machine(machine).sockets().size();
    }

    /** How often a machine has begun to connect to another. */
    public int dials(long machine) {
        return machine(machine).dials();
    }

    private Machine machine(long number) {
        return machines.computeIfAbsent(number, each -> new Machine(inetAddress(each)));
    }

    private Direction direction(long from, long to) {
        return directions.computeIfAbsent(
                new Way(from, to), way -> new Direction(this, simulation.events(), simulation.random()));
    }

    Direction direction(InetAddress from, InetAddress to) {
        return direction(number(from), number(to));
    }

    private static InetAddress inetAddress(long machine) {
        try {
            return InetAddress.getByAddress(
                    name(machine), new byte[] {10, 0, (byte) (machine >> 8), (byte) (machine & 0xff)});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long number(InetAddress address) {
        var bytes = address.getAddress();
        return Byte.toUnsignedLong(bytes[2]) << Byte.SIZE | Byte.toUnsignedLong(bytes[3]);
    }

    static String text(InetSocketAddress address) {
        return number(address.getAddress()) + ":" + address.getPort();
    }

    /** The address of a name; null if there is none of it. */
    @Nullable
    InetAddress find(String name) {
        return machines.values().stream()
                .map(Machine::address)
                .filter(address -> address.getHostName().equals(name)
                        || address.getHostAddress().equals(name))
                .findFirst()
                .orElse(null);
    }

    void connect(Machine from, InetSocketAddress to, Outcome outcome) {
        var there = direction(from.address(), to.getAddress());
        var back = direction(to.getAddress(), from.address());
        var local = new InetSocketAddress(from.address(), from.freePort());
        int life = from.life();
        note(text(local) + " dials " + text(to));
        there.sendAlone(() -> {
            var machine = machines.get(number(to.getAddress()));
            if (machine == null || !machine.isOn()) {
                return;
            }
            var listener = machine.listener(to.getPort());
            if (listener == null) {
                back.sendAlone(() -> outcome.failed(new ConnectException("Connection refused")));
                return;
            }
            var socket = new Socket(this, machine, to, local);
            socket.wait(listener);
            back.sendAlone(() -> {
                if (from.life() != life) {
                    socket.abandon();
                    return;
                }
                var dialled = new Socket(this, from, local, to);
                dialled.join(socket);
                outcome.connected(dialled);
                dialled.send(Piece.Kind.OPENED);
            });
        });
    }

    long delayNanos() {
        return minDelayNanos == maxDelayNanos ? minDelayNanos : random.nextLong(minDelayNanos, maxDelayNanos);
    }

    /** Pieces of all sizes, as many small as large ones. */
    int drawPieceBytes() {
        return random.nextInt(1, (1 << random.nextInt(1, MAX_PIECE_BITS + 1)) + 1);
    }

    int drawCapacity() {
        return random.nextInt(MIN_CAPACITY_BYTES, MAX_CAPACITY_BYTES);
    }

    boolean losesUnreadAtReset() {
        return random.nextBoolean();
    }

    /** Numbers channels in the order of their making. */
    long nextChannel() {
        return ++channels;
    }

    void note(String what) {
        simulation.note("network", what);
    }
}
