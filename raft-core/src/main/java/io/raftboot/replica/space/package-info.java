/**
 * Room on the disk. Comes in: sizes that are looked up on a thread of its own. Goes out: refusals before the disk is
 * full. Owned by the raft stage, but for the looking.
 */
@NullMarked
package io.raftboot.replica.space;

import org.jspecify.annotations.NullMarked;
