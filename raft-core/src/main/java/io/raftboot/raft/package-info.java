/**
 * The consensus core: a deterministic state machine after etcd's raft library. A message or a tick goes in, a
 * {@code Ready} comes out. It owns no thread, clock, file, socket or random source; {@code RawNode} belongs to
 * the one thread that drives it, and {@code Node} is its front for all other threads.
 */
@NullMarked
package io.raftboot.raft;

import org.jspecify.annotations.NullMarked;
