/**
 * The seam to the network: who the members are, and what they send each other. Comes in: messages, requests and snapshot files for
 * peers. Goes out: theirs. Knows the core's messages, and nothing of storage or replica. Owned by no thread; each implementation
 * says which are its own.
 */
@NullMarked
package io.raftboot.transport;

import org.jspecify.annotations.NullMarked;
