/**
 * Makes a replicated state machine of an annotated bean. Comes in: beans of the context. Goes out: what a replica calls, and proxies
 * whose methods go through the group. Owned by the context that has the member; applied on the apply stage.
 */
@NullMarked
package io.raftboot.spring.machine;

import org.jspecify.annotations.NullMarked;
