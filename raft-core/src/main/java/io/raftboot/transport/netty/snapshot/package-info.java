/**
 * Files of snapshots, each over a connection of its own. Comes in: a source with its message, or a connection that brings one.
 * Goes out: the file, in a sink, and its message behind it. Owned by the event loop, but for the transfers, each of which has a
 * thread that may wait.
 */
@NullMarked
package io.raftboot.transport.netty.snapshot;

import org.jspecify.annotations.NullMarked;
