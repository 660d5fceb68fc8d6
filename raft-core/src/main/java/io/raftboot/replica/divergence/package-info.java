/**
 * Whether the members of a group still have the same state. Comes in: each applied entry with what came of it, and what other
 * members tell of theirs. Goes out: hashes at indexes that all have in common, and what is found not to be the same. The hashes
 * are made for the apply stage, and compared on the raft stage; each class says which of the two owns it.
 */
@NullMarked
package io.raftboot.replica.divergence;

import org.jspecify.annotations.NullMarked;
