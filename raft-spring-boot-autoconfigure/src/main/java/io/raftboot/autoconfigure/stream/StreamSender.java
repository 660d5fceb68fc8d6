package io.raftboot.autoconfigure.stream;

import io.raftboot.notice.QuietLogger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Tells all streams what is new, on one thread, which waits for no reader: a reader that takes nothing is closed, and may come back.
 * Ends them all when the context closes, before a web server waits for requests that are under way. Any thread.
 */
public final class StreamSender implements ApplicationListener<ContextClosedEvent>, DisposableBean {
    /** Streams that may be open at once. Each is a connection, and little memory. */
    public static final int MAX_STREAMS = 32;

    /** What proxies give up silent connections after is longer. */
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A reader that takes nothing of what waits for it for so long is closed. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Time between two looks whether a heartbeat is due. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Logger log = QuietLogger.of(StreamSender.class);
    private final @Nullable ApplicationContext context;
    private final LongSupplier nanoClock;
    private final List<OpenStream> streams = new CopyOnWriteArrayList<>();
    private final AtomicBoolean news = new AtomicBoolean();
    private final Object lock = new Object();

    /** Set under the lock; null while there is no stream. */
    private volatile @Nullable Thread thread;

    /** Set under the lock. */
    private volatile boolean closed;

    /** @param context whose end is that of all streams; that of one within it is not */
    public StreamSender(ApplicationContext context) {
        this(context, System::nanoTime);
    }

    StreamSender(@Nullable ApplicationContext context, LongSupplier nanoClock) {
        this.context = context;
        this.nanoClock = nanoClock;
    }

    /** By which streams are made. */
    long nowNanos() {
        return nanoClock.getAsLong();
    }

    /** There may be something new. Waits for nothing, whoever calls. */
    public void wake() {
        news.set(true);
        var present = thread;
        if (present != null) {
            LockSupport.unpark(present);
        }
    }

    /**
     * Takes a stream in.
     *
     * @return false if there are too many, or the application ends
     */
    boolean open(OpenStream stream) {
        synchronized (lock) {
            if (!admit(stream)) {
                return false;
            }
            if (thread == null) {
                start();
            }
        }
        wake();
        return true;
    }

    /** As {@link #open}, without a thread that serves it. */
    boolean admit(OpenStream stream) {
        synchronized (lock) {
            return !closed && streams.size() < MAX_STREAMS && streams.add(stream);
        }
    }

    private void start() {
        var started = new Thread(this::run, "raft-streams");
        started.setDaemon(true);
        thread = started;
        try {
            started.start();
        } catch (OutOfMemoryError e) {
            thread = null;
            streams.clear();
            throw e;
        }
    }

    /** Streams that are open. */
    public int count() {
        return streams.size();
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            destroy();
        }
    }

    /** Ends all streams, and takes no more. */
    @Override
    public void destroy() {
        synchronized (lock) {
            closed = true;
        }
        wake();
    }

    private void run() {
        try {
            while (!isIdle()) {
                if (!news.getAndSet(false)) {
                    LockSupport.parkNanos(this, LOOK_NANOS);
                    // Nobody has a reason to interrupt it; an interrupt that stays would have it never rest.
                    boolean unused = Thread.interrupted();
                }
                step();
            }
        } catch (Error e) {
            log.error("The thread that writes all streams has ended", e);
            giveUp();
        }
    }

    /** Leaves no stream behind that nobody serves; whoever comes next gets a new thread. */
    private void giveUp() {
        synchronized (lock) {
            thread = null;
            List<OpenStream> left = List.copyOf(streams);
            streams.clear();
            left.forEach(OpenStream::abort);
        }
    }

    /** Whether the thread has nobody left to serve, and is to end. */
    private boolean isIdle() {
        synchronized (lock) {
            if (streams.isEmpty()) {
                thread = null;
                return true;
            }
            return false;
        }
    }

    /** One look at each stream. */
    void step() {
        long nowNanos = nowNanos();
        for (OpenStream stream : List.copyOf(streams)) {
            boolean goesOn;
            try {
                goesOn = serve(stream, nowNanos);
            } catch (RuntimeException e) {
                log.warn("A stream of events failed", e);
                stream.abort();
                goesOn = false;
            }
            if (!goesOn) {
                streams.remove(stream);
            }
        }
    }

    private boolean serve(OpenStream stream, long nowNanos) {
        if (stream.isOver()) {
            return false;
        }
        if (closed) {
            // What a slow reader has not taken by now would hold up the end of the application.
            if (stream.waiting().isEmpty()) {
                stream.complete();
            } else {
                stream.abort();
            }
            return false;
        }
        if (stream.isOld(nowNanos) && stream.waiting().isEmpty()) {
            stream.complete();
            return false;
        }
        stream.say(nowNanos, HEARTBEAT_NANOS);
        if (stream.isStuck(nowNanos, PATIENCE_NANOS)) {
            log.info("A reader of a stream has taken nothing for {} s: closed", PATIENCE_NANOS / 1_000_000_000);
            stream.abort();
            return false;
        }
        return true;
    }
}
