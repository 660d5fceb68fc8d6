/**
 * Configuration changes: entering and leaving joint configurations, simple changes, and their checks. Pure
 * computations on copies; nothing changes unless the whole change is valid.
 */
@NullMarked
package io.raftboot.raft.confchange;

import org.jspecify.annotations.NullMarked;
