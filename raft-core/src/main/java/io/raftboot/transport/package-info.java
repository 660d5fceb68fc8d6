/**
 * Messages, requests and snapshot files between members: the {@code Transport} interface and its Netty
 * implementation. Knows the core's messages, and nothing of storage or replica.
 */
@NullMarked
package io.raftboot.transport;

import org.jspecify.annotations.NullMarked;
