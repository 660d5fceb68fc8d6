/**
 * Time-outs and hangs, kept by threads that can't hang themselves. Comes in: calls with a deadline, and what the stages
 * are busy with. Goes out: calls that end in time, and what hangs since when.
 */
@NullMarked
package io.raftboot.replica.watch;

import org.jspecify.annotations.NullMarked;
