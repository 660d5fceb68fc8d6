package io.raftboot.transport.netty;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** A thread of a transport, that knows whose it is. */
final class OwnThread extends FastThreadLocalThread {
    private final Endpoint owner;

    private OwnThread(Endpoint owner, Runnable task, String name) {
        super(task, name);
        this.owner = owner;
        setDaemon(true);
    }

    /** Threads for one kind of work, numbered. */
    static ThreadFactory of(Endpoint owner, String name) {
        var count = new AtomicInteger();
        return task -> new OwnThread(owner, task, name + "-" + count.incrementAndGet());
    }

    static boolean isCurrent(Endpoint owner) {
        return Thread.currentThread() instanceof OwnThread thread && thread.owner == owner;
    }
}
