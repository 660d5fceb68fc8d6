package io.raftboot.fuzz;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decoder that is given whatever bytes there may be. */
public interface FuzzTarget {
    /** Names its corpus. */
    String name();

    /** Well-formed inputs, a few bytes to a few thousand each. */
    List<byte[]> seeds() throws Exception;

    /**
     * Decodes. What it allocates is measured.
     *
     * @return what was decoded; null if nothing was, and that is as it should be
     * @throws Exception what is {@linkplain #isDeclared declared}; anything else is a finding
     */
    @Nullable
    Object decode(byte[] input) throws Exception;

    /** Whether the decoder may say that it can't read an input by this. */
    boolean isDeclared(Throwable thrown);

    /**
     * Encodes what was decoded, decodes that, and compares; throws if it is not the same.
     *
     * @param decoded what {@link #decode} returned
     */
    void check(Object decoded) throws Exception;

    /** What distinguishes what was decoded, the same each time: an input that comes to something new is worth mutating further. */
    default String describe(Object decoded) {
        return decoded.getClass().getSimpleName();
    }

    /** Puts lengths and checksums right that would hide from the decoder what is behind them. */
    default byte[] repair(byte[] input) {
        return input;
    }

    /** How many times longer than others it takes, so that as many fewer are tried in the same time. */
    default int costs() {
        return 1;
    }

    /** Bytes that an input of this length may make the decoder allocate. */
    long allowedBytes(int inputBytes);
}
