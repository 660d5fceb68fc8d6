/** A member of SOFAJRaft: its node, its log and a state machine, all in this process. */
@NullMarked
package io.raftboot.benchmarks.sofajraft;

import org.jspecify.annotations.NullMarked;
