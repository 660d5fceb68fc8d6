package io.raftboot.simulation.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.GuardedLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop whose turns are events of a process: they wait while that stands still, and never come once it is dead. A turn runs
 * what was there when it began, and the timers that are due by the clock of the process.
 */
final class SimulatedLoop extends AbstractScheduledEventExecutor implements GuardedLoop {
    private final SimulatedHost host;
    private final String name;
    private final ErrorGuard guard;
    private final Ticker ticker = new HostTicker();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Set<Channel> channels = new LinkedHashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Promise<Void> termination = new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);

    /** Who runs a turn now; null outside of one. */
    private @Nullable Thread runner;

    private boolean turnDue;
    private boolean shuttingDown;

    /** When the timer that is set rings, by the clock of the process. */
    private long ringNanos = Long.MAX_VALUE;

    SimulatedLoop(SimulatedHost host, String name, ErrorGuard guard) {
        this.host = host;
        this.name = name;
        this.guard = guard;
    }

    @Override
    public ErrorGuard guard() {
        return guard;
    }

    @Override
    public void execute(Runnable task) {
        if (ended.isDone()) {
            throw new RejectedExecutionException("the event loop has ended");
        }
        tasks.add(guard.guarded(task));
        wake();
    }

    private void wake() {
        if (!turnDue && runner == null) {
            turnDue = true;
            host.after(host.turnNanos(), name, () -> {
                turnDue = false;
                turn();
            });
        }
    }

    private void turn() {
        if (runner != null || ended.isDone()) {
            return;
        }
        runner = Thread.currentThread();
        for (int left = tasks.size(); left > 0; left--) {
            tasks.remove().run();
        }
        for (var due = pollScheduledTask(ticker.nanoTime()); due != null; due = pollScheduledTask(ticker.nanoTime())) {
            due.run();
        }
        if (shuttingDown && tasks.isEmpty()) {
            cancelScheduledTasks();
            ended.complete(null);
            termination.setSuccess(null);
        }
        runner = null;
        if (!tasks.isEmpty()) {
            wake();
        }
        setTimer();
    }

    private void setTimer() {
        long next = nextScheduledTaskDeadlineNanos();
        if (next == -1 || next >= ringNanos) {
            return;
        }
        ringNanos = next;
        var wait = Duration.ofNanos(Math.max(0, next - ticker.nanoTime()));
        host.after(host.trueNanos(wait) + host.lateNanos(), name + " timer", () -> {
            if (ringNanos == next) {
                ringNanos = Long.MAX_VALUE;
            }
            turn();
        });
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(guard.guarded(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(guard.guarded(task), initialDelay, delay, unit);
    }

    @Override
    public boolean inEventLoop() {
        return inEventLoop(Thread.currentThread());
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return runner == thread;
    }

    @Override
    public EventLoopGroup parent() {
        return this;
    }

    @Override
    public EventLoop next() {
        return this;
    }

    @Override
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        var channel = promise.channel();
        channel.unsafe().register(this, promise);
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
        return promise;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // one of Netty's own, which nobody calls here
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        return register(promise);
    }

    @Override
    public void closeChannels() {
        List.copyOf(channels).forEach(ChannelActions::close);
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        shuttingDown = true;
        wake();
        return termination;
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("ends gracefully, or not at all");
    }

    @Override
    public Future<?> terminationFuture() {
        return termination;
    }

    @Override
    public boolean isShuttingDown() {
        return shuttingDown;
    }

    @Override
    public boolean isShutdown() {
        return ended.isDone();
    }

    @Override
    public boolean isTerminated() {
        return ended.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return host.awaitDone(ended, Duration.ofNanos(unit.toNanos(timeout)));
    }

    private final class HostTicker implements Ticker {
        @Override
        public long initialNanoTime() {
            return 0;
        }

        @Override
        public long nanoTime() {
            return host.clock().nanoTime();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
            throw new UnsupportedOperationException("an event loop does not sleep");
        }
    }
}
