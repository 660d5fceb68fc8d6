/**
 * What can be done with the three members of a demo that runs in one process: stop, kill, start, pause and cut them off, write to them,
 * and see what becomes of it. Comes in: requests for {@code /playground}, on the port of whichever member, one that is stopped
 * among them. Goes out: requests to the members, as anybody may send them. Nothing of it exists in a demo that is one member.
 *
 * <p>{@code Playground} owns the members and the threads that look at them; {@code MemberRun} is one run of a member, with the
 * places at which it can be held up; {@code SteadyLoad} owns the thread that writes.
 */
@NullMarked
package io.raftboot.demo.playground;

import org.jspecify.annotations.NullMarked;
