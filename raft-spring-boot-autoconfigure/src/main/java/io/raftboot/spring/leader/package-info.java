/**
 * Work that is the leader's alone. Comes in: changes of the leadership, and calls of guarded methods. Goes out: events, and refusals
 * on the others. Owned by the context that has the member.
 */
@NullMarked
package io.raftboot.spring.leader;

import org.jspecify.annotations.NullMarked;
