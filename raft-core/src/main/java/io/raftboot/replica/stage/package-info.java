/**
 * The three stages of a member, each an agent with a thread of its own. Comes in: messages, commands, reads and what
 * became durable. Goes out: what is to be written, sent, applied and answered. Each stage owns what it holds; between
 * them are queues.
 */
@NullMarked
package io.raftboot.replica.stage;

import org.jspecify.annotations.NullMarked;
