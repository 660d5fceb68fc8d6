package io.raftboot.transport.netty;

/**
 * One group's way on one connection.
 *
 * @param queue what waits to be written for it
 */
record GroupLane(ServedGroup served, SendQueue queue) {}
