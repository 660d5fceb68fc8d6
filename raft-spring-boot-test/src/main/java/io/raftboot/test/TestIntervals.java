package io.raftboot.test;

import java.util.Map;

/** Intervals of members in tests: short, and long enough for a machine that does other things as well. */
final class TestIntervals {
    static final Map<String, String> PROPERTIES = Map.of(
            "raft.tick-interval", "20ms",
            "raft.heartbeat-interval", "40ms",
            "raft.election-timeout", "400ms");

    private TestIntervals() {}
}
