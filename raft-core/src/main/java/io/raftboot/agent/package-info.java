/**
 * What runs the parts of a member: agents, their inboxes, and the host that gives them threads, time and random numbers. Comes in:
 * work. Goes out: turns of an agent. Owned by each agent's own thread; a host belongs to the process.
 */
@NullMarked
package io.raftboot.agent;

import org.jspecify.annotations.NullMarked;
