package io.raftboot.replica;

import io.raftboot.agent.Clock;

/** A clock that stands still until it is moved. */
public final class FakeClock implements Clock {
    private long nanos;
    private long wallMillis;

    public FakeClock(long wallMillis) {
        this.wallMillis = wallMillis;
    }

    public void advanceMillis(long millis) {
        nanos += millis * 1_000_000;
        wallMillis += millis;
    }

    public void setWallMillis(long millis) {
        wallMillis = millis;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }
}
