package io.raftboot.raft.confchange;

import io.raftboot.raft.tracker.ProgressMap;
import io.raftboot.raft.tracker.TrackerConfig;

/**
 * A configuration and the progress of exactly its members, to be installed into a {@code ProgressTracker}.
 *
 * @param config the members and their roles
 * @param progress what is known of each; the objects of members that stay are those of the tracker it was made from,
 *     or replace them
 */
public record Configuration(TrackerConfig config, ProgressMap progress) {}
