package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.proto.Hello;

/** The versions of the protocol that a side speaks: of what the frames mean; the preface carries that of how they are cut. */
record ProtocolVersions(int lowest, int highest) {
    /** The version that introduced confirmations; it knows one group a connection. */
    static final int ONE_GROUP = 2;

    /** The version that numbers the groups of a connection. */
    static final int SEVERAL_GROUPS = 3;

    /** The version in which all frames but the introductions have checksums. */
    static final int CHECKSUMS = 4;

    static final ProtocolVersions OURS = new ProtocolVersions(ONE_GROUP, CHECKSUMS);

    /** Stands for no version in common. */
    static final int NONE = 0;

    static ProtocolVersions of(Hello hello) {
        int lowest = hello.getLowestVersion();
        return new ProtocolVersions(lowest, Math.max(lowest, hello.getHighestVersion()));
    }

    /** The highest that both speak; {@link #NONE} if there is none. */
    int common(ProtocolVersions other) {
        int version = Math.min(highest, other.highest);
        return version >= Math.max(lowest, other.lowest) ? version : NONE;
    }

    @Override
    public String toString() {
        return lowest == highest ? "version " + lowest : "versions " + lowest + " to " + highest;
    }
}
