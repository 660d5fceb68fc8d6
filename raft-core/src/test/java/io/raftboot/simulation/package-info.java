/**
 * What a member stands on, simulated: hosts, disks and links, one thread at a time, in time that only moves from one event to the next,
 * from one seed. Comes in: agents, tasks and timers of real members. Goes out: the same course of events for the same seed. Sockets
 * are in {@code network}. Not simulated yet: clocks that jump.
 */
@NullMarked
package io.raftboot.simulation;

import org.jspecify.annotations.NullMarked;
