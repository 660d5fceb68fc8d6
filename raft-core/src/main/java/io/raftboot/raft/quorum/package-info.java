/**
 * Majority and joint-majority arithmetic over acknowledged indexes and votes. Pure functions that know nothing
 * of the protocol.
 */
@NullMarked
package io.raftboot.raft.quorum;

import org.jspecify.annotations.NullMarked;
