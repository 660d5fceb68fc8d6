/**
 * One connection: its bytes, its frames, its life, and the loop that moves all of them. Comes in: frames and bytes. Goes out:
 * bytes and frames. Knows no member. Owned by the event loop.
 */
@NullMarked
package io.raftboot.transport.netty.wire;

import org.jspecify.annotations.NullMarked;
