/**
 * The transport over TCP: {@code NettyTransport} and {@code TransportOptions} are for users. Comes in: messages and requests for
 * peers. Goes out: those of peers that have shown who they are. The rooms below know how a connection is moved ({@code wire}), how
 * it comes about ({@code handshake}), and how files travel ({@code snapshot}); of what is here they know the options alone. Owned
 * by one event loop; callers only queue.
 */
@NullMarked
package io.raftboot.transport.netty;

import org.jspecify.annotations.NullMarked;
