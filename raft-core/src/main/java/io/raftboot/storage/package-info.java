/**
 * What a member keeps on disk: the write-ahead log, the snapshots, and the directory's lock and identity. Knows the
 * core's messages, and nothing of transport or replica. {@code docs/storage-format.md} describes the bytes.
 *
 * <p>{@link io.raftboot.storage.MemberStorage} opens all of it. Then {@link io.raftboot.storage.log.LogWriter} belongs to
 * the thread that persists, {@link io.raftboot.storage.log.LogReader} to the one that drives the core, and
 * {@link io.raftboot.storage.log.LogUpdate} is the message from the first to the second: neither locks. A core that must not
 * wait for the disk reads the log by {@link io.raftboot.storage.log.FetchedLog}. The
 * {@link io.raftboot.storage.snapshot.SnapshotStore} may be used by several threads. All of it reaches files through
 * {@link io.raftboot.storage.disk.Disk} only.
 */
@NullMarked
package io.raftboot.storage;

import org.jspecify.annotations.NullMarked;
