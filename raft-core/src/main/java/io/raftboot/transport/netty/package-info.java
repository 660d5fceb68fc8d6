/**
 * The transport over TCP. Comes in: messages for peers. Goes out: messages of peers that have proved who they are. Owned
 * by one event loop; callers only queue.
 */
@NullMarked
package io.raftboot.transport.netty;

import org.jspecify.annotations.NullMarked;
