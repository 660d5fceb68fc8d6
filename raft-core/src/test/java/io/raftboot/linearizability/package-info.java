/**
 * Whether what clients were answered could have been answered by one machine that does one thing at a time. Comes in: a
 * {@link io.raftboot.linearizability.History} of calls, each with the times between which it took place. Goes out:
 * {@link io.raftboot.linearizability.Findings}, the same for the same history. Each key is looked at by itself, since a history is
 * linearizable if that of each key is. Knows nothing of replicas; tests of all modules may use it.
 */
@NullMarked
package io.raftboot.linearizability;

import org.jspecify.annotations.NullMarked;
