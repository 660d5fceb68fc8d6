package io.raftboot.raft;

/**
 * The state of a node, with what a leader knows of its members. A copy: it does not change any more.
 *
 * @param basic the node itself
 */
public record Status(BasicStatus basic) {}
