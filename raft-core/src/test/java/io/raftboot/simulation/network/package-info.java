/**
 * The network below simulated processes: the transport's own code runs over connections whose bytes travel as events. Comes in: what
 * Netty's channels are asked. Goes out: bytes, in order and in pieces, late, or never; resets, refusals and silence. Owned by the
 * simulation.
 */
@NullMarked
package io.raftboot.simulation.network;

import org.jspecify.annotations.NullMarked;
