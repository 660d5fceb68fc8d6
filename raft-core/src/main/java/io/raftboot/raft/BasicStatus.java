package io.raftboot.raft;

import io.raftboot.raft.proto.HardState;

/**
 * The state of a node without its members; cheap to take.
 *
 * @param id the node
 * @param hardState term, vote and commit index as they are in memory, possibly not yet in the storage
 * @param softState leader and role
 * @param appliedIndex the last index that the state machine is known to have applied
 * @param leadTransfereeId the member that leadership is being handed to, {@link NodeIds#NONE} if none
 */
public record BasicStatus(
        long id, HardState hardState, SoftState softState, long appliedIndex, long leadTransfereeId) {}
