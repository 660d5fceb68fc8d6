package io.raftboot.simulation.network;

import com.google.protobuf.ByteString;
import io.raftboot.simulation.EventQueue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * All that goes from one machine to another. What is sent on a connection arrives in order, however late: while nothing passes, it
 * waits, and is sent again some time after that is over, as TCP does.
 */
final class Direction {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** The pause after which TCP sends again what nobody has said to have got, at most. */
    private static final long MAX_SENT_AGAIN_NANOS = 300_000_000;

    private final EventQueue events;
    private final RandomGenerator random;
    private final SimulatedNetwork network;

    /** Ends of connections for which something waits. */
    private final Set<Socket> waiting = new LinkedHashSet<>();

    /** What belongs to no connection yet, and waits. */
    private final List<Runnable> waitingAlone = new ArrayList<>();

    private boolean cut;
    private boolean clogged;
    private long bytesPerSecond;
    private double flipProbability;
    private long busyUntilNanos;

    Direction(SimulatedNetwork network, EventQueue events, RandomGenerator random) {
        this.network = network;
        this.events = events;
        this.random = random;
    }

    /** Loses everything, or no longer. */
    void cut(boolean value) {
        cut = value;
        openIfFree();
    }

    /** Holds everything up, or no longer. */
    void clog(boolean value) {
        clogged = value;
        openIfFree();
    }

    /**
     * What was sent before arrives when it would have. What is sent from now on does not wait behind it, but on the same connection:
     * a line that is mended is not slow for as long as the queue before it would have taken.
     *
     * @param value 0 for as fast as it comes
     */
    void slow(long value) {
        bytesPerSecond = value;
        busyUntilNanos = 0;
    }

    /** Turns one bit of a piece, with this probability. */
    void flip(double probability) {
        flipProbability = probability;
    }

    private boolean isBlocked() {
        return cut || clogged;
    }

    /** Sends on a connection. */
    void send(Socket to, Piece piece) {
        long now = events.nowNanos();
        busyUntilNanos = Math.max(busyUntilNanos, now);
        if (bytesPerSecond > 0) {
            busyUntilNanos += piece.bytes().size() * NANOS_PER_SECOND / bytesPerSecond;
        }
        long at = Math.max(to.lastArrivalNanos, busyUntilNanos + network.delayNanos());
        to.lastArrivalNanos = at;
        events.after(at - now, () -> arrive(to, piece));
    }

    private void arrive(Socket to, Piece piece) {
        if (isBlocked() || !to.heldUp.isEmpty()) {
            to.heldUp.add(piece);
            waiting.add(to);
        } else {
            to.take(spoiled(piece));
        }
    }

    /** Sends what belongs to no connection yet; it is lost where everything is. */
    void sendAlone(Runnable arrival) {
        if (!cut) {
            events.after(network.delayNanos(), () -> arriveAlone(arrival));
        }
    }

    private void arriveAlone(Runnable arrival) {
        if (clogged && !cut) {
            waitingAlone.add(arrival);
        } else if (!cut) {
            arrival.run();
        }
    }

    private void openIfFree() {
        if (isBlocked()) {
            return;
        }
        for (var to : waiting) {
            events.after(random.nextLong(MAX_SENT_AGAIN_NANOS), () -> sendAgain(to));
        }
        waiting.clear();
        var alone = List.copyOf(waitingAlone);
        waitingAlone.clear();
        alone.forEach(arrival -> events.after(network.delayNanos(), () -> arriveAlone(arrival)));
    }

    private void sendAgain(Socket to) {
        while (!to.heldUp.isEmpty() && !isBlocked()) {
            var piece = to.heldUp.remove();
            if (!piece.from().isGone()) {
                to.take(spoiled(piece));
            }
        }
        if (!to.heldUp.isEmpty()) {
            waiting.add(to);
        }
    }

    private Piece spoiled(Piece piece) {
        if (piece.bytes().isEmpty() || flipProbability == 0 || random.nextDouble() >= flipProbability) {
            return piece;
        }
        var bytes = piece.bytes().toByteArray();
        int at = random.nextInt(bytes.length);
        bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        network.note("a bit of " + piece.from() + " is turned");
        return Piece.data(piece.from(), ByteString.copyFrom(bytes));
    }
}
