/**
 * The way of a command from a caller to the leader and its outcome back. Comes in: commands of callers here and of other
 * members. Goes out: proposals and outcomes. Owned by the raft stage, but for the inbox and what is counted at the door.
 */
@NullMarked
package io.raftboot.replica.command;

import org.jspecify.annotations.NullMarked;
