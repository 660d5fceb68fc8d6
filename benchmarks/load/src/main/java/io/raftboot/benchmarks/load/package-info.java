/**
 * A member of a cluster under measurement, whatever system it is of: the load that is put on it from inside its process, and
 * the conversation with the parent that says when. A peer's jar has this package and the peer, and nothing of ours.
 */
@NullMarked
package io.raftboot.benchmarks.load;

import org.jspecify.annotations.NullMarked;
