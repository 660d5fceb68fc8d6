/** A command from its call to its outcome, within one process. Comes in: commands. Goes out: what one of them costs. Owned by JMH. */
@NullMarked
package io.raftboot.benchmarks.command;

import org.jspecify.annotations.NullMarked;
