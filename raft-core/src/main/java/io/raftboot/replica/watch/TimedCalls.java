package io.raftboot.replica.watch;

/** Sees to it that calls do not outlast their time. Any thread. */
@FunctionalInterface
public interface TimedCalls {
    void add(TimedCall call);
}
