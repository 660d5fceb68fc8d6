/**
 * How the members of a group are changed while it works. Comes in: what callers of any member ask, and the processes that announce
 * themselves. Goes out: commands of the group that begin and end changes, and changes of the configuration, one step after the other,
 * proposed by who leads. What a change is, and how far it has come, is kept by the group's own state machine; all that is here is owned
 * by the raft stage, but for what says any thread.
 */
@NullMarked
package io.raftboot.replica.change;

import org.jspecify.annotations.NullMarked;
