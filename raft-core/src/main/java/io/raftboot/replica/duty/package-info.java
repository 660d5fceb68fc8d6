/**
 * What the parts of a member owe each other. Comes in: what the stages publish of themselves. Goes out: the same, to any thread,
 * and the moments at which the raft stage calls upon those that have to do with leading or with the passing of time. Each value
 * is owned by the stage that publishes it.
 */
@NullMarked
package io.raftboot.replica.duty;

import org.jspecify.annotations.NullMarked;
