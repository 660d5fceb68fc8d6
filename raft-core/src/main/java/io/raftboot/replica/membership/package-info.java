/**
 * Who the other members are, and where. Comes in: what was configured, what is in the log, and what members announce of
 * themselves. Goes out: addresses for the transport, and who is turned away. Owned by the stage that applies.
 */
@NullMarked
package io.raftboot.replica.membership;

import org.jspecify.annotations.NullMarked;
