package io.raftboot.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * What happened, as a hash of every line: two runs took the same course if theirs are equal. The hash is 96 bits of two sums that cost
 * little, since nobody means to deceive it. Keeps the last lines, for a run that fails. Of one thread.
 */
public final class Trace {
    private static final int KEPT_LINES = 400;

    /** Of the linear congruential generator of Knuth's MMIX: the order of lines counts, over all 64 bits. */
    private static final long MULTIPLIER = 6364136223846793005L;

    private final CRC32 sum = new CRC32();
    private final Deque<String> last = new ArrayDeque<>();
    private Consumer<String> copy = line -> {};
    private long lines;
    private long hashes;

    Trace() {}

    /** Has each line from now on handed over as well. */
    public void copyTo(Consumer<String> value) {
        copy = value;
    }

    /** One line more. */
    public void note(long atNanos, String who, String what) {
        var line = atNanos + " " + who + " " + what;
        sum.update(line.getBytes(UTF_8));
        hashes = hashes * MULTIPLIER + line.hashCode();
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
        return HexFormat.of().toHexDigits(hashes) + HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
