package io.raftboot.storage.disk;

import java.io.IOException;

/** A lock that is held until it is closed. */
public interface DiskLock extends AutoCloseable {
    @Override
    void close() throws IOException;
}
