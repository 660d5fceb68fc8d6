package io.raftboot.storage.log;

import java.io.InterruptedIOException;

/** Whether work that takes long may go on; asked again and again by whoever does it. */
@FunctionalInterface
public interface EndCheck {
    /** Work that ends by itself only. */
    EndCheck NONE = () -> {};

    /** Throws if the member ends. */
    void checkNotEnded() throws InterruptedIOException;
}
