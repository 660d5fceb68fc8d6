package io.raftboot.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has a target decode its corpus, and what a {@link Mutator} makes of it. Each input must be decoded, or be refused by what is
 * declared; allocate no more than it may; come to the same each time; and come back equal when what was decoded is encoded. Inputs
 * that come to something new are mutated further. One thread.
 */
public final class FuzzRun {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Inputs that are mutated further, beyond the corpus. */
    private static final int MAX_GROWN = 2_000;

    /** Times for which an allocation is measured again before it is a finding: the first use of a class, or a profile, costs once. */
    private static final int MEASURED_AGAIN = 20;

    private static final int ONE_DECODED_TWICE_IN = 16;

    private static final int WORDS_CHARS = 24;

    /** One that is left as the mutator made it, so that what is before a checksum is tried as well. */
    private static final int ONE_LEFT_BROKEN_IN = 4;

    private final FuzzTarget target;
    private final Mutator mutator;
    private final List<byte[]> corpus;
    private final Set<String> seen = new HashSet<>();
    private final List<byte[]> grown = new ArrayList<>();
    private long executions;
    private long decoded;
    private long mostAllocatedBytes;

    /** @param seed the same for the same inputs */
    public FuzzRun(FuzzTarget target, long seed) throws Exception {
        this.target = target;
        this.mutator = new Mutator(seed);
        this.corpus = new ArrayList<>(target.seeds());
        corpus.addAll(Corpus.of(target.name()));
    }

    /** What came of a run. */
    public record Result(String target, long executions, long decoded, int outcomes, long mostAllocatedBytes) {
        @Override
        public String toString() {
            return target + ": " + executions + " executions, " + decoded + " decoded, " + outcomes
                    + " different outcomes, at most " + mostAllocatedBytes + " bytes allocated by one";
        }
    }

    /**
     * The corpus as it is, and then so many executions, fewer where each {@linkplain FuzzTarget#costs costs} more.
     *
     * @throws AssertionError with the input, in hexadecimal, that the target does not bear
     */
    public Result run(long count) {
        for (byte[] input : List.copyOf(corpus)) {
            execute(input);
        }
        while (executions < count / target.costs()) {
            byte[] input = mutator.next(corpus);
            execute(mutator.oneIn(ONE_LEFT_BROKEN_IN) ? input : target.repair(input));
        }
        return new Result(target.name(), executions, decoded, seen.size(), mostAllocatedBytes);
    }

    /** Inputs that came to something that none before them did. */
    public List<byte[]> grown() {
        return grown;
    }

    /** One input, as it is. */
    public void execute(byte[] input) {
        executions++;
        String outcome;
        try {
            outcome = outcome(input);
            if (mutator.oneIn(ONE_DECODED_TWICE_IN) && !outcome.equals(outcome(input))) {
                throw new IllegalStateException("it came to something else the second time than " + outcome);
            }
        } catch (Throwable e) {
            throw new AssertionError(
                    target.name() + " does not bear the input " + HexFormat.of().formatHex(input) + ", the "
                            + executions + "th: " + e,
                    e);
        }
        if (seen.size() < MAX_GROWN && seen.add(outcome)) {
            corpus.add(input);
            grown.add(input);
        }
    }

    private String outcome(byte[] input) throws Exception {
        // The decoder owns what it is given, and may change it.
        byte[] given = input.clone();
        Object result;
        Throwable refused = null;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            result = target.decode(given);
        } catch (Throwable e) {
            result = null;
            refused = e;
        }
        long allocatedBytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (refused != null && !target.isDeclared(refused)) {
            throw new IllegalStateException("it throws what it does not declare", refused);
        }
        checkAllocated(input, allocatedBytes);
        if (result == null) {
            return refused == null ? "nothing" : refused.getClass().getName() + ": " + words(refused.getMessage());
        }
        decoded++;
        target.check(result);
        return target.describe(result);
    }

    /** How a message begins, without numbers: what follows is different for each input. */
    private static String words(@Nullable String message) {
        String text = Objects.toString(message);
        int length = Math.min(text.length(), WORDS_CHARS);
        var words = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            if (!Character.isDigit(text.charAt(i))) {
                words.append(text.charAt(i));
            }
        }
        return words.toString();
    }

    private void checkAllocated(byte[] input, long firstBytes) {
        long allowedBytes = target.allowedBytes(input.length);
        long allocatedBytes = firstBytes;
        for (int i = 0; i < MEASURED_AGAIN && allocatedBytes > allowedBytes; i++) {
            allocatedBytes = Math.min(allocatedBytes, allocatedBy(input));
        }
        if (allocatedBytes > allowedBytes) {
            throw new IllegalStateException("it allocates " + allocatedBytes + " bytes where " + allowedBytes
                    + " are allowed for an input of " + input.length);
        }
        mostAllocatedBytes = Math.max(mostAllocatedBytes, allocatedBytes);
    }

    private long allocatedBy(byte[] input) {
        byte[] given = Arrays.copyOf(input, input.length);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            var unused = target.decode(given);
        } catch (Exception | Error e) {
            // What it throws was looked at the first time.
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
