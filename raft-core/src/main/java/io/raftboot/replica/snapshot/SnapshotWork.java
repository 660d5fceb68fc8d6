package io.raftboot.replica.snapshot;

import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Interruptible;
import io.raftboot.replica.machine.CapturedSection;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a thread is at that writes a snapshot or reads one back: whether it comes on, and how it is ended if it does not. What
 * state machines do is interrupted when they have neither written nor read a byte for {@value #LIMIT_MINUTES} minutes, because
 * there would be no snapshot ever again, and the log would grow without end. One thread at a time, but for what says others.
 */
public final class SnapshotWork {
    private static final int LIMIT_MINUTES = 5;

    /** A state may be large, but it comes on. */
    public static final Duration LIMIT = Duration.ofMinutes(LIMIT_MINUTES);

    static final long LIMIT_NANOS = LIMIT.toNanos();

    private final AgentActivity activity = new AgentActivity();
    private final Interruptible stretch = new Interruptible();
    private volatile String present = "";
    private volatile boolean hung;

    /** Owned by the ticker. */
    private long seenSteps;

    /** Owned by the ticker. */
    private long seenSinceNanos;

    /** Counts how the work comes on. */
    public AgentActivity activity() {
        return activity;
    }

    /** Any thread: a sentence that ends before "for so long". */
    public String describe() {
        return "the snapshot writer has been " + (present.isEmpty() ? "at one file" : present);
    }

    /** Has a section written. */
    void write(CapturedSection section, OutputStream out) throws IOException {
        var counted = new FilterOutputStream(out) {
            @Override
            public void write(int value) throws IOException {
                activity.next();
                out.write(value);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                activity.next();
                out.write(bytes, offset, count);
            }
        };
        run("waiting for " + section.owner() + " to write its state", section, () -> section.writeTo(counted));
    }

    /** Has a section read back. */
    void readBack(CapturedSection section, InputStream in) throws IOException {
        var counted = new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                activity.next();
                return in.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                activity.next();
                return in.read(bytes, offset, count);
            }
        };
        run("waiting for " + section.owner() + " to read back its state", section, () -> section.verify(counted));
    }

    private void run(String what, CapturedSection section, Interruptible.Work work) throws IOException {
        present = what;
        hung = false;
        activity.next();
        try {
            if (section.isInterruptible()) {
                stretch.run(work);
            } else {
                work.run();
            }
        } catch (Throwable e) {
            checkNotHung(e);
            throw e;
        } finally {
            present = "";
        }
        checkNotHung(null);
    }

    private void checkNotHung(@Nullable Throwable cause) throws IOException {
        if (hung) {
            throw new IOException("it made no headway for " + LIMIT_MINUTES + " minutes, and was interrupted", cause);
        }
    }

    /** On the ticker: interrupts what hangs. */
    void look(long nowNanos) {
        long steps = activity.steps();
        if (steps != seenSteps || present.isEmpty()) {
            seenSteps = steps;
            seenSinceNanos = nowNanos;
        } else if (nowNanos - seenSinceNanos > LIMIT_NANOS) {
            seenSinceNanos = nowNanos;
            hung = true;
            stretch.interruptPresent();
        }
    }

    /** Any thread: the member ends, and a state machine does not come on. */
    void interrupt() {
        stretch.interrupt();
    }
}
