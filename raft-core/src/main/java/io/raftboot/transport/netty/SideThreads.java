package io.raftboot.transport.netty;

import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import java.time.Duration;

/** Threads of a transport for what would hold up its event loop: host names, snapshot files, and the arithmetic of TLS. Any thread. */
final class SideThreads {
    final BlockingThreads names;
    final BlockingThreads files;
    final BlockingThreads tls;

    /** @param name of the transport, which theirs begin with */
    SideThreads(AgentHost host, String name, ErrorGuard guard) {
        names = new BlockingThreads(host, name + "-names", guard);
        files = new BlockingThreads(host, name + "-files", guard);
        tls = new BlockingThreads(host, name + "-tls", guard);
    }

    /** Whether the calling thread is one of these. */
    boolean isCurrent() {
        return names.isCurrent() || files.isCurrent() || tls.isCurrent();
    }

    /** Takes nothing more. */
    void close() {
        tls.close(); // computes, and ends by itself
        names.close(); // a lookup can't be interrupted; its thread does nothing after it
        files.close(); // not interrupted at once: that would close the file under whoever is writing it
    }

    /** Behind the close: waits until no file is written or read any more; returns whether that is so. */
    boolean awaitFiles(Duration patience) throws InterruptedException {
        return files.awaitEnd(patience);
    }
}
