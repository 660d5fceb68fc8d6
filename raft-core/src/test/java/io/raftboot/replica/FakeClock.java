package io.raftboot.replica;

/** A clock that stands still until it is moved. */
final class FakeClock implements NanoClock {
    private long nanos;
    private long wallMillis;

    FakeClock(long wallMillis) {
        this.wallMillis = wallMillis;
    }

    void advanceMillis(long millis) {
        nanos += millis * 1_000_000;
        wallMillis += millis;
    }

    void setWallMillis(long millis) {
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
