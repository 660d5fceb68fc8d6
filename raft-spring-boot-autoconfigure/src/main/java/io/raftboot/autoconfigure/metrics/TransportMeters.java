package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportLoad;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what the transport carries to and from each member, which come and go with the members, and of the connections that it refuses.
 * A member's own are there as well, and stay 0, so that a group of one has their names. Called by one thread at a time.
 */
final class TransportMeters {
    private static final String BYTES = "bytes";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Transport transport;
    private final Map<Long, List<Meter>> byPeer = new HashMap<>();
    private final Set<String> reasons = new HashSet<>();

    TransportMeters(MeterRegistry registry, Tags tags, Transport transport) {
        this.registry = registry;
        this.tags = tags;
        this.transport = transport;
    }

    /** These are the members, this one included. */
    synchronized void members(Collection<Long> ids) {
        byPeer.entrySet().removeIf(entry -> {
            if (ids.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().forEach(registry::remove);
            return true;
        });
        ids.forEach(id -> byPeer.computeIfAbsent(id, this::ofPeer));
    }

    /** The transport runs, and knows why it may refuse a connection. */
    synchronized void started() {
        for (String reason : transport.load().refusedConnections().keySet()) {
            if (reasons.add(reason)) {
                var unused = FunctionCounter.builder("raft.connections.refused", transport, of -> of.load()
                                .refusedConnections()
                                .getOrDefault(reason, 0L))
                        .description("Connections of others that this member has refused, by reason")
                        .tags(tags.of("reason", reason))
                        .register(registry);
            }
        }
    }

    private List<Meter> ofPeer(long id) {
        return List.of(
                counter("sent", null, id, TransportLoad.Peer::sentMessages, "Messages that were sent to a member"),
                counter("sent.size", BYTES, id, TransportLoad.Peer::sentBytes, "What these had"),
                counter("received", null, id, TransportLoad.Peer::receivedMessages, "Messages that came from a member"),
                counter("received.size", BYTES, id, TransportLoad.Peer::receivedBytes, "What these had"),
                counter(
                        "dropped",
                        null,
                        id,
                        TransportLoad.Peer::droppedMessages,
                        "Messages that were not sent to a member, for want of a connection or of room"),
                gauge("queued", null, id, TransportLoad.Peer::waitingMessages, "Messages that are to be written"),
                gauge("queued.size", BYTES, id, TransportLoad.Peer::waitingBytes, "What these have"));
    }

    private Meter counter(
            String name,
            @Nullable String unit,
            long id,
            ToDoubleFunction<TransportLoad.Peer> figure,
            String description) {
        return FunctionCounter.builder("raft.transport." + name, transport, of -> figure.applyAsDouble(peer(of, id)))
                .baseUnit(unit)
                .description(description)
                .tags(tags.of("peer", Long.toString(id)))
                .register(registry);
    }

    private Meter gauge(
            String name,
            @Nullable String unit,
            long id,
            ToDoubleFunction<TransportLoad.Peer> figure,
            String description) {
        return Gauge.builder("raft.transport." + name, transport, of -> figure.applyAsDouble(peer(of, id)))
                .baseUnit(unit)
                .description(description)
                .tags(tags.of("peer", Long.toString(id)))
                .register(registry);
    }

    private static TransportLoad.Peer peer(Transport transport, long id) {
        return transport.load().peers().getOrDefault(id, TransportLoad.Peer.NONE);
    }
}
