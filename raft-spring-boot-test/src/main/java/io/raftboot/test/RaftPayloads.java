package io.raftboot.test;

import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCodec;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Asserts that arguments, results and states come out of the log and of snapshots as they went in. For tests without a cluster;
 * in the contexts of tests all that passes is checked without being asked for. Immutable.
 */
public final class RaftPayloads {
    private final RaftCodec codec;

    private RaftPayloads(RaftCodec codec) {
        this.codec = codec;
    }

    /** Payloads as the application's own codec writes them. */
    public static RaftPayloads with(RaftCodec codec) {
        return new RaftPayloads(codec);
    }

    /** Payloads as JSON, which is the default. */
    public static RaftPayloads asJson() {
        return new RaftPayloads(new JsonRaftCodec());
    }

    /**
     * Writes the value, reads it, and compares: fields one by one, transient ones left out, and what is written of it the second
     * time.
     *
     * @param type as the parameter, the result or the state is declared; a generic one from a method by reflection, or from
     *     Spring's {@code ParameterizedTypeReference}
     * @return this, for the next value
     * @throws AssertionError naming the place, what was there, and as what it comes back
     */
    public RaftPayloads assertComesBack(@Nullable Object value, Type type) {
        try {
            RoundTrip.of(value, type, codec);
            return this;
        } catch (IOException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /**
     * {@link #assertComesBack(Object, Type)} with the value's class, which must not be generic.
     *
     * @throws AssertionError naming the place, what was there, and as what it comes back
     */
    public RaftPayloads assertComesBack(Object value) {
        return assertComesBack(value, value.getClass());
    }
}
