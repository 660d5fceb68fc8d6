/**
 * One member of a group at work: drives a {@code Node}, persists, sends and applies, and answers commands and
 * reads. The stages own their state, each on one thread at a time, and are joined by queues.
 */
@NullMarked
package io.raftboot.replica;

import org.jspecify.annotations.NullMarked;
