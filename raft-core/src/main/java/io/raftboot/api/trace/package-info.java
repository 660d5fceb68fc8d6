/**
 * How the trace of a caller goes with its command to all members. Comes in: the trace of the calling thread, where there is one and it
 * is recorded. Goes out: the same, on every member, with what becomes of the command there. Owned by whoever implements it.
 */
@NullMarked
package io.raftboot.api.trace;

import org.jspecify.annotations.NullMarked;
