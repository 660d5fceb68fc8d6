package io.raftboot.transport.netty;

import io.raftboot.transport.netty.handshake.ServedGroup;
import io.raftboot.transport.netty.wire.PeerTraffic;

/**
 * One group's way on one connection.
 *
 * @param queue what waits to be written for it
 * @param traffic counts what comes for it
 */
record GroupLane(ServedGroup served, SendQueue queue, PeerTraffic traffic) {}
