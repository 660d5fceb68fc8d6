/**
 * Members whose console is looked at: applications on either stack, with what can happen to them. Comes in: what a test wants them to
 * be. Goes out: their addresses. Owned by the thread of the test, but for {@link io.raftboot.console.cluster.Load}, which has its own.
 */
@NullMarked
package io.raftboot.console.cluster;

import org.jspecify.annotations.NullMarked;
