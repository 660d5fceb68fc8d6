package io.raftboot.autoconfigure.stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream by way of servlets, without blocking: the sender writes what the server takes at once, and the server goes on with the
 * rest when its reader has taken some. Whichever of the two comes while the other is at it leaves the work to it. Only the end waits for
 * whoever writes: servers use their objects for another request when this one is over, and a write that fails late would spoil that one.
 */
public final class ServletStream extends OpenStream implements WriteListener, AsyncListener {
    /**
     * Longest time for which the end waits for whoever writes, so that a server can't hang of what it may hold itself. A write takes no
     * longer that waits for a reader on HTTP/2.
     */
    private static final long LEAVE_MILLIS = 10_000;

    private final StreamSender sender;
    private final ServletOutputStream out;

    /** Calls for work; whoever raises it from 0 does it. */
    private final AtomicInteger work = new AtomicInteger();

    private final AtomicBoolean completed = new AtomicBoolean();

    /** Held by whoever writes. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Null before it is begun. */
    private volatile @Nullable AsyncContext async;

    /** Whether the server has begun to take anything. */
    private volatile boolean begun;

    private volatile boolean ending;
    private volatile boolean aborted;

    /** Whether something is written and not flushed; of whoever works. */
    private boolean unflushed;

    /** Whether writes may wait for the reader though they should not, as those of HTTP/2 do in Tomcat. */
    private final boolean mayBlock;

    private ServletStream(StreamFeed feed, StreamSender sender, ServletOutputStream out, boolean mayBlock) {
        super(feed, sender.nowNanos());
        this.sender = sender;
        this.out = out;
        this.mayBlock = mayBlock;
    }

    /**
     * Opens one as the answer of a request, whose status and headers are set.
     *
     * @return false if there are too many; then nothing is begun
     * @throws IllegalStateException if the request can't be answered later, for a filter of the application that does not allow it
     */
    public static boolean open(
            StreamSender sender, StreamFeed feed, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var stream =
                new ServletStream(feed, sender, response.getOutputStream(), !"HTTP/1.1".equals(request.getProtocol()));
        if (!sender.open(stream)) {
            return false;
        }
        try {
            stream.begin(request, response);
            return true;
        } catch (RuntimeException e) {
            stream.finish();
            throw e;
        }
    }

    private void begin(HttpServletRequest request, HttpServletResponse response) {
        var started = request.startAsync(request, response);
        started.setTimeout(0);
        started.addListener(this);
        async = started;
        out.setWriteListener(this);
        if (isOver()) {
            // The application has ended meanwhile.
            finish();
        }
    }

    @Override
    void put(byte[] frame) {
        boolean unused = waiting().offer(frame);
    }

    @Override
    void write() {
        var started = async;
        if (mayBlock && started != null) {
            try {
                // Not on the thread of all streams.
                started.start(this::work);
            } catch (IllegalStateException e) {
                // The server has ended it meanwhile.
            }
        } else {
            work();
        }
    }

    @Override
    void complete() {
        ending = true;
        work();
    }

    @Override
    void abort() {
        ending = true;
        aborted = true;
        work();
    }

    @Override
    public void onWritePossible() {
        begun = true;
        work();
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        completed.set(true);
        end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    /** On a thread of the server, which goes on to another request afterwards. */
    private void end() {
        isOverNow();
        try {
            if (writing.tryLock(LEAVE_MILLIS, TimeUnit.MILLISECONDS)) {
                writing.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        finish();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}

    private void work() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int done = 0;
        do {
            done = work.get();
            workOnce();
        } while (work.addAndGet(-done) != 0);
    }

    private void workOnce() {
        writing.lock();
        try {
            if (isOver()) {
                return;
            }
            if (!aborted) {
                writeWhatFits();
            }
            if (ending && (aborted || waiting().isEmpty())) {
                finish();
            }
        } catch (IOException | RuntimeException e) {
            // The reader is gone, which is how streams end.
            finish();
        } finally {
            writing.unlock();
        }
    }

    private void writeWhatFits() throws IOException {
        while (begun && out.isReady()) {
            byte[] frame = waiting().poll();
            if (frame != null) {
                out.write(frame);
                unflushed = true;
                tookOne();
            } else if (unflushed) {
                unflushed = false;
                out.flush();
            } else {
                return;
            }
            if (waiting().isEmpty()) {
                // There is room for what could not be made before.
                sender.wake();
            }
        }
    }

    private void finish() {
        isOverNow();
        var started = async;
        if (started != null && completed.compareAndSet(false, true)) {
            try {
                started.complete();
            } catch (IllegalStateException e) {
                // The server has ended it meanwhile.
            }
        }
        sender.wake();
    }
}
