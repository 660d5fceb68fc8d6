package io.raftboot.spring;

/**
 * Application event: this member leads the group, and has applied all that was committed before. Delivered on a thread
 * that does nothing else, in the order in which it happened: a slow listener delays later events, never the group. When
 * it is delivered the leadership may have passed on already, so what a listener does outside of the group's log should
 * carry the term (see {@link LeaderContext}).
 *
 * @param group that is led
 * @param nodeId of this member
 * @param term of the leadership; no other member leads in it, ever
 */
public record LeadershipGranted(String group, long nodeId, long term) {}
