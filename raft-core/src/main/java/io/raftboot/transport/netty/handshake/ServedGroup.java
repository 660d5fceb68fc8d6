package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.RemoteMember;

/**
 * A group as one connection serves it.
 *
 * @param number number of the group in the frames of this connection
 * @param group this side of it
 * @param remote the other side of it
 */
public record ServedGroup(int number, OpenGroup group, RemoteMember remote) {}
