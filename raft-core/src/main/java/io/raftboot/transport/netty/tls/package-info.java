/**
 * TLS on connections: the handlers that go before all others, who may stand at the other end, and new connections for old when the
 * certificates change. Comes in: bytes, and certificates. Goes out: plain bytes, and objections. Knows nothing of introductions. Owned
 * by the event loop; the arithmetic of handshakes has a thread of its own.
 */
@NullMarked
package io.raftboot.transport.netty.tls;

import org.jspecify.annotations.NullMarked;
