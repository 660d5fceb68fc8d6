/**
 * The seam to files. Comes in: bytes and names. Goes out: what the disk says of them, and a disk in memory for tests.
 */
@NullMarked
package io.raftboot.storage.disk;

import org.jspecify.annotations.NullMarked;
