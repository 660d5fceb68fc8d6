/**
 * A mutator of bytes, and what runs a decoder on what it makes. Comes in: a {@link io.raftboot.fuzz.FuzzTarget} and its corpus. Goes
 * out: how many executions there were, or the input that a decoder does not bear. Knows nothing of the product, so that another
 * module can have it as well; one thread.
 */
@NullMarked
package io.raftboot.fuzz;

import org.jspecify.annotations.NullMarked;
