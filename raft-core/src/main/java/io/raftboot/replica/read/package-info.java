/**
 * Reads: which round or lease answers which of them. Comes in: queries of callers, and what the core says of read
 * indexes. Goes out: queries for the apply stage. Owned by the raft stage, but for the parked ones.
 */
@NullMarked
package io.raftboot.replica.read;

import org.jspecify.annotations.NullMarked;
