/**
 * Who leads, how this member knows, and how leadership is handed over. Comes in: what the core and the transport tell.
 * Goes out: views that every thread may read, and events for listeners. Owned by the raft stage.
 */
@NullMarked
package io.raftboot.replica.leader;

import org.jspecify.annotations.NullMarked;
