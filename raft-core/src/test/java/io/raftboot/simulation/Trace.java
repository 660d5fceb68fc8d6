package io.raftboot.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * What happened, as a hash of every line: two runs took the same course if theirs are equal. Keeps the last lines, for a run that
 * fails. Of one thread.
 */
public final class Trace {
    private static final int KEPT_LINES = 400;

    private final MessageDigest digest;
    private final Deque<String> last = new ArrayDeque<>();
    private Consumer<String> copy = line -> {};
    private long lines;

    Trace() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has each line from now on handed over as well. */
    public void copyTo(Consumer<String> value) {
        copy = value;
    }

    /** One line more. */
    public void note(long atNanos, String who, String what) {
        var line = atNanos + " " + who + " " + what;
        digest.update(line.getBytes(UTF_8));
        digest.update((byte) '\n');
        lines++;
        copy.accept(line);
        last.add(line);
        if (last.size() > KEPT_LINES) {
            last.remove();
        }
    }

    public long lines() {
        return lines;
    }

    /** The newest lines, the oldest of them first. */
    public List<String> last() {
        return List.copyOf(last);
    }

    /** Of all lines so far; those that come later change it. */
    public String hash() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
