package io.raftboot.raft;

import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.SortedMap;

/**
 * The state of a node, with what a leader knows of its members. A copy: it does not change any more.
 *
 * @param basic the node itself
 * @param config the configuration in force
 * @param progress of each member by its id, in ascending unsigned order; empty unless the node is a leader
 */
public record Status(BasicStatus basic, TrackerConfig config, SortedMap<Long, Progress> progress) {}
