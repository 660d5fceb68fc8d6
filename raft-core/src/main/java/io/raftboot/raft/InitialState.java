package io.raftboot.raft;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.HardState;

/**
 * What a node starts from.
 *
 * @param hardState the last one stored; the default instance if none ever was
 * @param confState the configuration as of the applied index; the default instance if there is none
 */
public record InitialState(HardState hardState, ConfState confState) {}
