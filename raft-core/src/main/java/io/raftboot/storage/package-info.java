/**
 * What a member keeps on disk: the write-ahead log, the snapshots, and the directory's lock and identity. Knows
 * the core's messages, and nothing of transport or replica.
 */
@NullMarked
package io.raftboot.storage;

import org.jspecify.annotations.NullMarked;
