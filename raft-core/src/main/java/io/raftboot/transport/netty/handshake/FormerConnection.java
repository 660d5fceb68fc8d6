package io.raftboot.transport.netty.handshake;

import java.util.function.Consumer;

/** A connection whose place another one would take. Event loop only. */
public interface FormerConnection {
    /** Finds out whether the other side is there, while a handshake waits for that. */
    void probe(Consumer<Boolean> alive);
}
