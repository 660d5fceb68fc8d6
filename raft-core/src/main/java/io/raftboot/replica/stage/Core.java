package io.raftboot.replica.stage;

import io.raftboot.raft.Node;
import io.raftboot.replica.leader.DiskWatchdog;
import io.raftboot.storage.log.FetchedLog;
import io.raftboot.storage.log.LogReader;

/**
 * What the raft stage drives: the core, the reading end of the log below it, and what says whether the disk below that hangs.
 *
 * @param fetchedLog reads old entries back, on a thread of its own
 */
public record Core(Node node, LogReader reader, FetchedLog fetchedLog, DiskWatchdog disk) {}
