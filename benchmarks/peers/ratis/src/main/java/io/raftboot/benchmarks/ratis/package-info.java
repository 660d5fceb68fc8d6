/** A member of Apache Ratis: its server, its log and a state machine, all in this process. */
@NullMarked
package io.raftboot.benchmarks.ratis;

import org.jspecify.annotations.NullMarked;
