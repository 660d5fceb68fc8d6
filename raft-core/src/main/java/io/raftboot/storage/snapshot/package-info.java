/**
 * Files of snapshots. Comes in: sections of bytes. Goes out: files that are complete and have a name, or none.
 */
@NullMarked
package io.raftboot.storage.snapshot;

import org.jspecify.annotations.NullMarked;
