package io.raftboot.spring.payload;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Reads deeply nested values on a stack that has room for them, whatever that of the thread is which asks: what could be written has to be
 * readable on every member, and an overflow while a command is applied would stop them all.
 */
public final class RoomyStack {
    /** A level of a sealed type takes two kilobytes; this is ten times as much for as many levels as there may be. */
    private static final long STACK_BYTES = 16L * 1024 * 1024;

    private RoomyStack() {}

    /** A piece of work that can be done again. */
    @FunctionalInterface
    public interface Reading<T> {
        @Nullable
        T run() throws IOException;
    }

    /**
     * Reads on this thread, and again on another if the stack is too small; at once on the other if the stream is not in memory
     * anyway, since what could be read twice of one that is not would have to be kept for that.
     *
     * @param in read by the reading
     */
    public static <T> @Nullable T read(InputStream in, Reading<T> reading) throws IOException {
        if (!(in instanceof ByteArrayInputStream)) {
            return elsewhere(reading);
        }
        in.mark(0);
        try {
            return reading.run();
        } catch (StackOverflowError e) {
            in.reset();
            return elsewhere(reading);
        }
    }

    private static <T> @Nullable T elsewhere(Reading<T> reading) throws IOException {
        var task = new FutureTask<T>(reading::run);
        var thread = new Thread(null, task, Thread.currentThread().getName() + "-deep", STACK_BYTES);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // Meant for what is read: a constructor of the application's may hang, and has to be given up.
                    thread.interrupt();
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        if (cause instanceof StackOverflowError) {
            return new IOException("it is nested too deeply", cause);
        }
        if (cause instanceof Error failure) {
            throw failure;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }
}
