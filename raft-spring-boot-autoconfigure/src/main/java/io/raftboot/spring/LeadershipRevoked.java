package io.raftboot.spring;

/**
 * Application event: this member, which a {@link LeadershipGranted} of the same term was told of, leads no longer: another
 * does, or may soon, or this member is being stopped. Delivered as that event is, and after it.
 *
 * @param group that was led
 * @param nodeId of this member
 * @param term of the leadership that ended
 */
public record LeadershipRevoked(String group, long nodeId, long term) {}
