package io.raftboot.transport.netty;

import java.time.Duration;

/**
 * Limits and times of a {@link NettyTransport}. {@link #defaults()} is for members near each other; {@link #builder()}
 * starts from there.
 *
 * @param maxFrameBytes no frame is larger; a longer one closes the connection it arrives on. So no single message (an entry
 *     with its frame, about 100 bytes more than its data) or request may be larger either: it is dropped with an ERROR.
 *     Must be the same on all members, or the smallest decides.
 * @param maxQueuedMessages how many messages, requests and responses wait for one peer that does not take them; so many
 *     messages, and so many requests and responses, may be on their way from the callers to the transport's thread, and the first
 *     message of a call to each peer in any case while no other is on its way
 * @param maxQueuedBytes how many bytes of all of them, encoded; a single one of any size, for each peer, is taken when nothing else waits
 * @param maxPendingRequests how many requests to one peer, and of one peer, wait for their answer
 * @param connectTimeout how long a connect may take, the lookup of the host name excluded
 * @param handshakeTimeout how long both introductions may take, counted from the connect
 * @param minReconnectDelay after the first failed attempt; doubles with each, less a random part of up to half. The first
 *     attempt after a connection broke comes at once.
 * @param maxReconnectDelay where that ends
 * @param pingInterval how often the side that dialled shows that it is there, and asks the other to do the same
 * @param idleTimeout a connection on which nothing arrives for so long is taken for dead (half-open, as after a
 *     power failure or with a firewall in between) and closed; at least two ping intervals
 * @param snapshotChunkBytes size of the pieces a snapshot file is sent in; less than {@code maxFrameBytes}
 * @param snapshotBytesPerSecond how fast one transfer may be; 0 for as fast as it can
 * @param snapshotAttempts how many times in a row a transfer is tried without getting any further
 * @param snapshotStallTimeout how long a transfer waits for the other side to take a chunk or to give an answer
 * @param hostTimeout how long a start waits for the name of the host to listen on to become known; 0 to not wait
 */
public record TransportOptions(
        int maxFrameBytes,
        int maxQueuedMessages,
        long maxQueuedBytes,
        int maxPendingRequests,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration minReconnectDelay,
        Duration maxReconnectDelay,
        Duration pingInterval,
        Duration idleTimeout,
        int snapshotChunkBytes,
        long snapshotBytesPerSecond,
        int snapshotAttempts,
        Duration snapshotStallTimeout,
        Duration hostTimeout) {

    /** What a frame may hold beside the bytes of a chunk. */
    static final int FRAME_OVERHEAD_BYTES = 1024;

    private static final TransportOptions DEFAULTS = new TransportOptions(
            16 << 20,
            4096,
            64L << 20,
            16_384,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            256 << 10,
            0,
            5,
            Duration.ofSeconds(30),
            Duration.ofMinutes(1));

    public TransportOptions {
        positive("maxQueuedMessages", maxQueuedMessages);
        if (maxQueuedBytes <= 0) {
            throw new IllegalArgumentException("maxQueuedBytes must be positive, not " + maxQueuedBytes);
        }
        positive("maxPendingRequests", maxPendingRequests);
        positive("snapshotAttempts", snapshotAttempts);
        positive("snapshotChunkBytes", snapshotChunkBytes);
        positive("maxFrameBytes", maxFrameBytes);
        positive("connectTimeout", connectTimeout);
        positive("handshakeTimeout", handshakeTimeout);
        positive("minReconnectDelay", minReconnectDelay);
        positive("pingInterval", pingInterval);
        positive("snapshotStallTimeout", snapshotStallTimeout);
        if (hostTimeout.isNegative()) {
            throw new IllegalArgumentException("hostTimeout must be 0 (no waiting) or more, not " + hostTimeout);
        }
        if (snapshotChunkBytes > maxFrameBytes - FRAME_OVERHEAD_BYTES) {
            throw new IllegalArgumentException("snapshotChunkBytes " + snapshotChunkBytes
                    + " does not fit into a frame: at least " + FRAME_OVERHEAD_BYTES
                    + " less than maxFrameBytes, which is " + maxFrameBytes);
        }
        if (maxReconnectDelay.compareTo(minReconnectDelay) < 0) {
            throw new IllegalArgumentException(
                    "maxReconnectDelay " + maxReconnectDelay + " is less than minReconnectDelay " + minReconnectDelay);
        }
        if (idleTimeout.compareTo(pingInterval.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "idleTimeout " + idleTimeout + " must be at least twice pingInterval, which is " + pingInterval);
        }
        if (snapshotBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "snapshotBytesPerSecond must be 0 (no limit) or more, not " + snapshotBytesPerSecond);
        }
    }

    public static TransportOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    /** Changes some of the values. Not thread-safe. */
    public static final class Builder {
        private int maxFrameBytes = DEFAULTS.maxFrameBytes;
        private int maxQueuedMessages = DEFAULTS.maxQueuedMessages;
        private long maxQueuedBytes = DEFAULTS.maxQueuedBytes;
        private int maxPendingRequests = DEFAULTS.maxPendingRequests;
        private Duration connectTimeout = DEFAULTS.connectTimeout;
        private Duration handshakeTimeout = DEFAULTS.handshakeTimeout;
        private Duration minReconnectDelay = DEFAULTS.minReconnectDelay;
        private Duration maxReconnectDelay = DEFAULTS.maxReconnectDelay;
        private Duration pingInterval = DEFAULTS.pingInterval;
        private Duration idleTimeout = DEFAULTS.idleTimeout;
        private int snapshotChunkBytes = DEFAULTS.snapshotChunkBytes;
        private long snapshotBytesPerSecond = DEFAULTS.snapshotBytesPerSecond;
        private int snapshotAttempts = DEFAULTS.snapshotAttempts;
        private Duration snapshotStallTimeout = DEFAULTS.snapshotStallTimeout;
        private Duration hostTimeout = DEFAULTS.hostTimeout;

        private Builder() {}

        public Builder maxFrameBytes(int value) {
            maxFrameBytes = value;
            return this;
        }

        public Builder maxQueuedMessages(int value) {
            maxQueuedMessages = value;
            return this;
        }

        public Builder maxQueuedBytes(long value) {
            maxQueuedBytes = value;
            return this;
        }

        public Builder maxPendingRequests(int value) {
            maxPendingRequests = value;
            return this;
        }

        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = value;
            return this;
        }

        public Builder reconnectDelay(Duration min, Duration max) {
            minReconnectDelay = min;
            maxReconnectDelay = max;
            return this;
        }

        public Builder liveness(Duration interval, Duration timeout) {
            pingInterval = interval;
            idleTimeout = timeout;
            return this;
        }

        public Builder snapshotChunkBytes(int value) {
            snapshotChunkBytes = value;
            return this;
        }

        public Builder snapshotBytesPerSecond(long value) {
            snapshotBytesPerSecond = value;
            return this;
        }

        public Builder snapshotAttempts(int value) {
            snapshotAttempts = value;
            return this;
        }

        public Builder snapshotStallTimeout(Duration value) {
            snapshotStallTimeout = value;
            return this;
        }

        public Builder hostTimeout(Duration value) {
            hostTimeout = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of range or does not fit the others, naming it
         */
        public TransportOptions build() {
            return new TransportOptions(
                    maxFrameBytes,
                    maxQueuedMessages,
                    maxQueuedBytes,
                    maxPendingRequests,
                    connectTimeout,
                    handshakeTimeout,
                    minReconnectDelay,
                    maxReconnectDelay,
                    pingInterval,
                    idleTimeout,
                    snapshotChunkBytes,
                    snapshotBytesPerSecond,
                    snapshotAttempts,
                    snapshotStallTimeout,
                    hostTimeout);
        }
    }
}
