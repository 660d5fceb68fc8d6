package io.raftboot.storage;

/**
 * A cluster from which another one was begun.
 *
 * @param clusterId not 0
 * @param sharedIndex the logs of the two are the same up to here
 * @param forkIndex the first entries of the new one, which only change its configuration, end here
 */
public record Ancestor(long clusterId, long sharedIndex, long forkIndex) {}
