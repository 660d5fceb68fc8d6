/**
 * How two processes come to a connection: who dials, how they introduce themselves, in which groups and in which version of the
 * protocol they meet. Comes in: an address, or a connection that somebody opened. Goes out: a {@code Meeting}, or why there is
 * none. Owned by the event loop.
 */
@NullMarked
package io.raftboot.transport.netty.handshake;

import org.jspecify.annotations.NullMarked;
