package io.raftboot.storage;

/** An entry's place. Index 0 with term 0 is the beginning of every log. */
record LogPosition(long index, long term) {
    static final LogPosition START = new LogPosition(0, 0);
}
