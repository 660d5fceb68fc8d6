package io.raftboot.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member told its callers, one line a command, on a file system without faults: the kind and the number. A line is one
 * write of its own, so it is there when the process is stopped or killed after it.
 */
final class OutcomeFile implements AutoCloseable {
    private static final char APPLIED = 'a';
    private static final char REFUSED = 'r';
    private static final char UNKNOWN = 'u';
    private static final char FAILURE = 'f';

    private final FileChannel channel;

    OutcomeFile(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void applied(int number) {
        append(APPLIED, number);
    }

    void refused(int number) {
        append(REFUSED, number);
    }

    void unknown(int number) {
        append(UNKNOWN, number);
    }

    /** After everything else: the member has stopped by itself. */
    void failure(Throwable cause) {
        append(FAILURE, cause.getClass().getSimpleName() + ": " + cause.getMessage());
    }

    private synchronized void append(char kind, Object what) {
        try {
            channel.write(ByteBuffer.wrap((kind + " " + what + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    static Outcomes read(Path path) {
        try {
            var outcomes = new Outcomes(new BitSet(), new BitSet(), new BitSet(), null);
            if (!Files.exists(path)) {
                return outcomes;
            }
            var text = Files.readString(path, StandardCharsets.UTF_8);
            for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", 0)) {
                outcomes = outcomes.with(line);
            }
            return outcomes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is in the file.
     *
     * @param failure why the member stopped; null if it did not
     */
    record Outcomes(BitSet applied, BitSet refused, BitSet unknown, @Nullable String failure) {
        private Outcomes with(String line) {
            if (line.isEmpty()) {
                return this;
            }
            String rest = line.substring(2);
            switch (line.charAt(0)) {
                case APPLIED -> applied.set(Integer.parseInt(rest));
                case REFUSED -> refused.set(Integer.parseInt(rest));
                case UNKNOWN -> unknown.set(Integer.parseInt(rest));
                case FAILURE -> {
                    return new Outcomes(applied, refused, unknown, rest);
                }
                default -> throw new IllegalStateException("a line of the outcomes is '" + line + "'");
            }
            return this;
        }

        int next() {
            return Math.max(applied.length(), Math.max(refused.length(), unknown.length()));
        }
    }
}
