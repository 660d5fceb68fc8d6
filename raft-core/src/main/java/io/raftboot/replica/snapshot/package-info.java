/**
 * Snapshots of a member, made, read back, sent and taken in. Comes in: what has been applied, and files of other
 * members. Goes out: files with a name, and logs that may be shortened. The writing has a thread of its own.
 */
@NullMarked
package io.raftboot.replica.snapshot;

import org.jspecify.annotations.NullMarked;
