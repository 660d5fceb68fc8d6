/**
 * State machines and what is remembered beside them. Comes in: committed entries, in order. Goes out: results, and the
 * sections of a snapshot. Owned by the apply stage.
 */
@NullMarked
package io.raftboot.replica.machine;

import org.jspecify.annotations.NullMarked;
