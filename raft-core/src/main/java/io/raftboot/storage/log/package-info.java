/**
 * The write-ahead log. Comes in: entries and hard states. Goes out: what is durable, and entries read back. The writer is
 * owned by one thread, the reader by another; what passes between them is immutable.
 */
@NullMarked
package io.raftboot.storage.log;

import org.jspecify.annotations.NullMarked;
