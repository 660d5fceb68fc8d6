package io.raftboot.transport.netty.wire;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftboot.transport.ErrorGuard;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The event loop of a transport. Netty's own ends at an Error in its midst, and with it everything; keeps those of tasks
 * to itself; and ends a repeated task at its first exception, without a word. This one tells its {@link ErrorGuard}, and goes on
 * until it is closed: somebody has to close the connections.
 */
public final class TransportLoop extends SingleThreadIoEventLoop implements GuardedLoop {
    /** So that an Error that comes again at once does not take a processor for itself. */
    private static final long PAUSE_AFTER_ERROR_NANOS = 10_000_000;

    private final ErrorGuard guard;

    /** All that are open; those that come after the close are closed at once. */
    private final ChannelGroup channels = new DefaultChannelGroup(this, true);

    public TransportLoop(ThreadFactory threads, ErrorGuard guard) {
        super(null, withThreadLocals(threads), NioIoHandler.newFactory());
        this.guard = guard;
    }

    /** Netty's buffers are pooled for each thread of which it knows that they will be given back at its end. */
    private static ThreadFactory withThreadLocals(ThreadFactory threads) {
        return task -> threads.newThread(() -> FastThreadLocalThread.runWithFastThreadLocal(task));
    }

    /** What a handler was thrown by those before it, or by itself. */
    public static void caught(ChannelHandlerContext context, Throwable thrown) {
        if (context.channel().eventLoop() instanceof GuardedLoop loop) {
            loop.guard().caughtElsewhere(thrown);
        }
    }

    @Override
    public ErrorGuard guard() {
        return guard;
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        ChannelFuture registered = super.register(promise);
        channels.add(promise.channel());
        return registered;
    }

    /**
     * Netty's own end closes channels only if it comes to a round of its loop in time: else it closes the selector alone, and whoever
     * waits for the end of a connection waits for ever.
     */
    @Override
    public void closeChannels() {
        var unused = channels.close();
    }

    @Override
    protected int runIo() {
        try {
            return super.runIo();
        } catch (Throwable e) {
            guard.caught(e);
            LockSupport.parkNanos(this, PAUSE_AFTER_ERROR_NANOS);
            return 0;
        }
    }

    @Override
    public void execute(Runnable task) {
        super.execute(guard.guarded(task));
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(guard.guarded(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(guard.guarded(task), initialDelay, delay, unit);
    }
}
