package io.raftboot.storage.log;

/** Where a batch is: the number of the segment, the offset in it, and its length with padding, in bytes. */
record BatchPlace(long segment, long offset, int lengthBytes) {}
