/**
 * A network in memory, for tests and for several members in one process. Comes in: messages for peers. Goes out: the same,
 * unless the network is told to lose, delay or repeat them.
 */
@NullMarked
package io.raftboot.transport.memory;

import org.jspecify.annotations.NullMarked;
