/**
 * What a leader knows of each member: how far its log matches, how it is being fed, what is in flight to it,
 * and how it voted. Owned by the thread that drives the {@code RawNode}.
 */
@NullMarked
package io.raftboot.raft.tracker;

import org.jspecify.annotations.NullMarked;
