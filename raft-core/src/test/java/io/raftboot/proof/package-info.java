/**
 * What a simulation of whole members is held to. Comes in: what members send, hear, force, apply and answer, as {@link
 * io.raftboot.proof.Observer} has it, told by what stands around a member in a simulation. Goes out: the first invariant that
 * was broken, and counts of what has ever happened. Owned by the thread that runs the simulation; changes nothing of its course.
 */
@NullMarked
package io.raftboot.proof;

import org.jspecify.annotations.NullMarked;
