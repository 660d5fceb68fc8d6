package io.raftboot.autoconfigure.stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stream by way of servlets, without blocking: the sender writes what the server takes at once, and the server goes on with the
 * rest when its reader has taken some. Whichever of the two comes while the other is at it leaves the work to it, so there is no lock that
 * one could hold while the server wants it.
 */
public final class ServletStream extends OpenStream implements WriteListener, AsyncListener {
    private final StreamSender sender;
    private final ServletOutputStream out;

    /** Calls for work; whoever raises it from 0 does it. */
    private final AtomicInteger work = new AtomicInteger();

    private final AtomicBoolean completed = new AtomicBoolean();

    /** Null before it is begun. */
    private volatile @Nullable AsyncContext async;

    /** Whether the server has begun to take anything. */
    private volatile boolean begun;

    private volatile boolean ending;
    private volatile boolean aborted;

    /** Whether something is written and not flushed; of whoever works. */
    private boolean unflushed;

    private ServletStream(StreamFeed feed, StreamSender sender, ServletOutputStream out) {
        super(feed, sender.nowNanos());
        this.sender = sender;
        this.out = out;
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
        var stream = new ServletStream(feed, sender, response.getOutputStream());
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
        work();
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
        finish();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        completed.set(true);
        isOverNow();
        sender.wake();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        finish();
    }

    @Override
    public void onError(AsyncEvent event) {
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
        if (isOver()) {
            return;
        }
        try {
            if (!aborted) {
                writeWhatFits();
            }
        } catch (IOException | RuntimeException e) {
            // The reader is gone, which is how streams end.
            finish();
            return;
        }
        if (ending && (aborted || waiting().isEmpty())) {
            finish();
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
