package io.raftboot.transport.netty.tls;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.NoticeLog;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New connections for old, after the certificates have changed: one is closed after the other, and whoever had opened it opens it anew.
 * The second is closed only after some connection has come about with the new certificates: those that no other member accepts cost one
 * connection and not all. Event loop only.
 */
final class Recycling {
    private static final Logger log = LoggerFactory.getLogger(Recycling.class);

    /** Time between two, in which the first one is back. */
    static final Duration PAUSE = Duration.ofMillis(250);

    /** Time within which all are closed, however many, once the first one is back. */
    static final Duration WITHIN = Duration.ofSeconds(30);

    /** Time after which it is said that the first one is not back. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventLoop eventLoop;
    private final NoticeLog notices;
    private final Runnable onClose;

    /** How many changes each connection has seen when it began, in the order in which they came about. */
    private final Map<Channel, Long> connections = new LinkedHashMap<>();

    private long changes;
    private boolean running;
    private boolean begun;
    private boolean proven;
    private long waitedNanos;

    /** @param onClose told of each that is closed */
    Recycling(EventLoop eventLoop, NoticeLog notices, Runnable onClose) {
        this.eventLoop = eventLoop;
        this.notices = notices;
        this.onClose = onClose;
    }

    /** How often the certificates have changed. */
    long changes() {
        return changes;
    }

    /** @param seen the changes that there had been when the connection began */
    void established(Channel channel, long seen) {
        connections.put(channel, seen);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
        proven |= seen == changes;
    }

    /** The certificates have changed. */
    void changed() {
        changes++;
        begun = false;
        proven = false;
        waitedNanos = 0;
        if (!running) {
            running = true;
            step();
        }
    }

    private void step() {
        Channel old = oldest();
        if (begun && !proven) {
            waitedNanos += PAUSE.toNanos();
            if (waitedNanos > PATIENCE.toNanos()) {
                notices.warnOnce(
                        "certificates of this member:",
                        "since they were changed no connection has come about with them; the other connections stay as they are until"
                                + " one has. Do the other members trust their issuer, and this one theirs?");
            }
            next(PAUSE.toNanos());
        } else if (old == null) {
            running = false;
            log.info("all connections with other members are made with the certificates that were changed last");
        } else {
            begun = true;
            onClose.run();
            ChannelActions.close(old);
            next(Math.min(PAUSE.toNanos(), WITHIN.toNanos() / (connections.size() + 1)));
        }
    }

    private @Nullable Channel oldest() {
        for (var connection : connections.entrySet()) {
            if (connection.getValue() < changes && connection.getKey().isOpen()) {
                return connection.getKey();
            }
        }
        return null;
    }

    private void next(long nanos) {
        var unused = eventLoop.schedule(this::step, nanos, TimeUnit.NANOSECONDS);
    }
}
