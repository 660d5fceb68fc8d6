package io.raftboot.transport.netty.handshake;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.netty.TransportOptions;
import io.raftboot.transport.netty.tls.Securing;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.FrameDecoder;
import io.raftboot.transport.netty.wire.LivenessMonitor;
import io.raftboot.transport.proto.Purpose;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to peers: looks the host up, connects, introduces this member. Event loop only. */
public final class Dialler {
    private static final Logger log = LoggerFactory.getLogger(Dialler.class);

    /** How much may lie in a socket's queue before messages wait in ours, where they are counted and dropped. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private final EventLoop eventLoop;
    private final NameLookup names;
    private final Introductions introductions;
    private final LivenessMonitor liveness;
    private final TransportOptions options;
    private final ChannelFactory<? extends Channel> channels;
    private final Securing securing;

    /**
     * @param channels makes those that are to be connected
     * @param securing makes them ready
     */
    public Dialler(
            EventLoop eventLoop,
            NameLookup names,
            Introductions introductions,
            LivenessMonitor liveness,
            TransportOptions options,
            ChannelFactory<? extends Channel> channels,
            Securing securing) {
        this.channels = channels;
        this.securing = securing;
        this.eventLoop = eventLoop;
        this.names = names;
        this.introductions = introductions;
        this.liveness = liveness;
        this.options = options;
    }

    /**
     * Whom to dial.
     *
     * @param visit what for
     * @param attempt how many times in a row it failed before; a host with several addresses gets the next one each time
     * @param preferred the address that worked last, tried first
     */
    public record Target(long peerId, PeerAddress address, Visit visit, int attempt, @Nullable InetAddress preferred) {}

    /**
     * What this side says that it wants of the one that it dials.
     *
     * @param groups groups in the order in which frames number them, at least one
     * @param replaced whether the connection before was given up for another one, which must not be given up for this one
     * @param ticket ticket of the invitation that is followed; 0 if there is none
     */
    public record Visit(Purpose purpose, List<OpenGroup> groups, boolean replaced, long ticket) {
        public static Visit ofStream(List<OpenGroup> groups, boolean replaced) {
            return new Visit(Purpose.PURPOSE_STREAM, groups, replaced, 0);
        }

        /** Sends a file. */
        public static Visit ofSnapshot(OpenGroup group) {
            return new Visit(Purpose.PURPOSE_SNAPSHOT, List.of(group), false, 0);
        }

        /** Fetches a file, for which this side was invited. */
        public static Visit ofFetch(OpenGroup group, long ticket) {
            return new Visit(Purpose.PURPOSE_SNAPSHOT_FETCH, List.of(group), false, ticket);
        }
    }

    public Attempt dial(Target target, DialOutcome outcome) {
        Attempt attempt = new Attempt(target, outcome);
        CompletableFuture<InetAddress[]> lookUp = names.lookUp(target.address().host(), target.attempt() > 0);
        if (lookUp.isDone()) {
            attempt.found(lookUp);
        } else {
            CompletableFuture<?> unused = lookUp.whenComplete((hosts, failure) -> found(attempt, lookUp));
        }
        return attempt;
    }

    private void found(Attempt attempt, CompletableFuture<InetAddress[]> lookUp) {
        try {
            eventLoop.execute(() -> attempt.found(lookUp));
        } catch (RejectedExecutionException e) {
            log.debug("a name was looked up for nothing: the transport is closed", e);
        }
    }

    /** One attempt to connect, with one outcome unless it is cancelled. */
    public final class Attempt implements DialOutcome {
        private final Target target;
        private final DialOutcome outcome;
        private @Nullable Channel channel;
        private boolean over;

        private Attempt(Target target, DialOutcome outcome) {
            this.target = target;
            this.outcome = outcome;
        }

        /** Ends the attempt without an outcome. */
        public void cancel() {
            over = true;
            // One that could not be made is not registered, and can't be closed.
            if (channel != null && channel.isRegistered()) {
                ChannelActions.close(channel);
            }
        }

        @Override
        public ChannelHandler established(Channel established, Meeting meeting) {
            over = true;
            return outcome.established(established, meeting);
        }

        @Override
        public void notServed(OpenGroup group, String reason) {
            outcome.notServed(group, reason);
        }

        @Override
        public void unsettled(List<ServedGroup> groups) {
            if (!over) {
                outcome.unsettled(groups);
            }
        }

        @Override
        public void turnedAway(List<ServedGroup> groups) {
            if (!over) {
                outcome.turnedAway(groups);
            }
        }

        @Override
        public void otherDirectoryKnown(List<OpenGroup> groups) {
            outcome.otherDirectoryKnown(groups);
        }

        @Override
        public void failed(DialFailure failure) {
            if (!over) {
                over = true;
                outcome.failed(failure);
            }
        }

        private void found(CompletableFuture<InetAddress[]> lookUp) {
            if (over) {
                return;
            }
            if (lookUp.isCompletedExceptionally()) {
                failed(new DialFailure(
                        DialFailure.Kind.OTHER,
                        "failed: the host " + target.address().host() + " is not known"));
                return;
            }
            connect(choose(lookUp.join()), securing.isOn());
        }

        private InetAddress choose(InetAddress[] hosts) {
            InetAddress preferred = target.preferred();
            if (preferred != null
                    && target.attempt() == 0
                    && Arrays.asList(hosts).contains(preferred)) {
                return preferred;
            }
            return hosts[target.attempt() % hosts.length];
        }

        private void connect(InetAddress host, boolean byTls) {
            if (eventLoop.isShuttingDown()) {
                // A channel that comes now might not be among those that the end of the loop closes.
                failed(new DialFailure(DialFailure.Kind.OTHER, "is off: the transport is closed"));
                return;
            }
            var handshake = new Handshaking(host, byTls);
            ChannelFuture connect = new Bootstrap()
                    .group(eventLoop)
                    .channelFactory(channels)
                    .disableResolver() // the address is one that was looked up
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(
                            ChannelOption.CONNECT_TIMEOUT_MILLIS,
                            Math.toIntExact(options.connectTimeout().toMillis()))
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel created) {
                            if (byTls) {
                                // It goes first: whatever follows then sees plain bytes.
                                securing.dialling(created.pipeline());
                            }
                            created.pipeline().addLast(new FrameDecoder(), handshake.handler);
                        }
                    })
                    .connect(new InetSocketAddress(host, target.address().port()));
            channel = connect.channel();
            connect.addListener(connected -> {
                if (!connected.isSuccess()) {
                    failedElsewhere(connected.cause());
                }
            });
        }

        /**
         * Of a channel that could not even be made, as where there are no descriptors left, Netty tells on a thread of its own; of
         * others within the call that dials, before whoever dials knows of the attempt.
         */
        private void failedElsewhere(Throwable cause) {
            try {
                eventLoop.execute(() -> failed(describe(cause)));
            } catch (RejectedExecutionException e) {
                log.debug("nobody is told of a failure to connect: the transport is closed", e);
            }
        }

        private DialFailure describe(Throwable cause) {
            // Where a name was looked up, the message ends with what was found; else with what was just said.
            String address = ": /" + target.address();
            String message = String.valueOf(cause.getMessage());
            String reason =
                    message.endsWith(address) ? message.substring(0, message.length() - address.length()) : message;
            // The kernel's own connect time-out, also a ConnectException, takes minutes: ours comes first.
            if (cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException)) {
                return new DialFailure(DialFailure.Kind.CONNECTION_REFUSED, "failed: " + reason);
            }
            if (message.contains("reset")) {
                return DialFailure.broken(); // it was connected, but not long enough to be seen so here
            }
            return new DialFailure(
                    DialFailure.Kind.OTHER, "failed: " + (cause.getCause() == null ? reason : DialFailure.text(cause)));
        }

        /** The one connection of it, or the one of two: where TLS comes to nothing it may be tried without. */
        private final class Handshaking implements DialOutcome {
            private final InetAddress host;
            private final boolean byTls;
            private final DiallingHandshake handler;
            private boolean failed;

            private Handshaking(InetAddress host, boolean byTls) {
                this.host = host;
                this.byTls = byTls;
                this.handler = new DiallingHandshake(introductions, liveness, options, target, this, securing);
            }

            @Override
            public ChannelHandler established(Channel channel, Meeting meeting) {
                return Attempt.this.established(channel, meeting);
            }

            @Override
            public void notServed(OpenGroup group, String reason) {
                Attempt.this.notServed(group, reason);
            }

            @Override
            public void unsettled(List<ServedGroup> groups) {
                Attempt.this.unsettled(groups);
            }

            @Override
            public void turnedAway(List<ServedGroup> groups) {
                Attempt.this.turnedAway(groups);
            }

            @Override
            public void otherDirectoryKnown(List<OpenGroup> groups) {
                Attempt.this.otherDirectoryKnown(groups);
            }

            /** The first counts: those that follow come from closing the channel. */
            @Override
            public void failed(DialFailure failure) {
                if (failed || over) {
                    return;
                }
                failed = true;
                String where = "connecting to member " + target.peerId() + " at " + target.address();
                if (byTls && handler.mayLackTls() && securing.fallsBack(where, failure.message())) {
                    connect(host, false);
                } else {
                    Attempt.this.failed(failure);
                }
            }
        }
    }
}
