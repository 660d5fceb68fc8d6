/**
 * A whole group in one thread: nodes over disks that lose what was not forced, a network that loses, repeats and
 * reorders, and a checker that sees everything. What happens follows from the seed alone.
 */
@NullMarked
package io.raftboot.raft.simulation;

import org.jspecify.annotations.NullMarked;
