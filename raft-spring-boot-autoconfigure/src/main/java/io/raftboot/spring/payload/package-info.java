/**
 * What may be written into the log and the snapshot: walks types at the start, compares values with what came back of them. Comes in:
 * types and values. Goes out: refusals, with the path to what is wrong. Owned by nobody; thread-safe where it says so.
 */
@NullMarked
package io.raftboot.spring.payload;

import org.jspecify.annotations.NullMarked;
