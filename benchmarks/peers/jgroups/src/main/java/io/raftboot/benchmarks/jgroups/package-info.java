/** A member of jgroups-raft: its channel, its log and a state machine, all in this process. */
@NullMarked
package io.raftboot.benchmarks.jgroups;

import org.jspecify.annotations.NullMarked;
