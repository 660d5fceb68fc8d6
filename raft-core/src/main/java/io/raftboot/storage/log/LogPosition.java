package io.raftboot.storage.log;

/** An entry's place. Index 0 with term 0 is the beginning of every log. */
public record LogPosition(long index, long term) {
    static final LogPosition START = new LogPosition(0, 0);
}
