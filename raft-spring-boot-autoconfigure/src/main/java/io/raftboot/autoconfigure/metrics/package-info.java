/**
 * The member in figures over time. Takes what the replica tells while it works, and its status each second; gives Micrometer's meters,
 * all of them there from the start. Comes on the replica's threads and one of its own. Types of Micrometer's core,
 * which is optional, stand in this package alone.
 */
@NullMarked
package io.raftboot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
