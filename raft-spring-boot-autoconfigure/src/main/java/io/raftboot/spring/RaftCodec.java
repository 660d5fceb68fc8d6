package io.raftboot.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns arguments, results and states of annotated state machines into bytes and back. What it writes stays in the log
 * and is read by later versions of the application and by all members, so it must be stable. Called on many threads at
 * once. A bean of this type replaces the default, which is JSON; {@link #write} and {@link #read} are all that it needs;
 * one that leaves some types to another codec leaves it their {@link #verify} as well.
 */
public interface RaftCodec {
    /**
     * Encodes an argument, a result or a state.
     *
     * @param value null only if it is a state
     * @param type declared, with its generic arguments
     * @param out not closed
     * @throws IOException if the value can't be encoded or {@code out} fails
     */
    void write(@Nullable Object value, Type type, OutputStream out) throws IOException;

    /**
     * Encodes a state so that equal states have the same bytes, whatever the order in which maps and sets iterate that have none:
     * members of a cluster compare hashes of it ({@code raft.divergence-check}). It is never read. The default is {@link #write};
     * JSON writes maps and sets sorted.
     *
     * @throws IOException as of {@link #write}
     */
    default void writeCanonical(@Nullable Object value, Type type, OutputStream out) throws IOException {
        write(value, type, out);
    }

    /**
     * Decodes what {@link #write} wrote, perhaps from another type, by an older or newer version of the application.
     *
     * @param in read to its end, not closed
     * @throws IOException if the bytes do not fit the type or {@code in} fails
     */
    @Nullable
    Object read(InputStream in, Type type) throws IOException;

    /**
     * What stands for null, and for a parameter that the call does not have because it was made by an older version of the
     * application. Not asked for primitives, which are refused.
     *
     * @throws IOException if there is no such value
     */
    default @Nullable Object absent(Type type) throws IOException {
        return null;
    }

    /**
     * What a type is made of that would not come back equal from this codec: one sentence each, with the place, the reason and what to
     * write instead. Asked when the application starts, of all types of its annotated state machines; the start fails
     * unless all are empty. A codec that leaves a type to another one asks that.
     *
     * @param type declared, with its generic arguments
     */
    default List<String> refusals(Type type) {
        return List.of();
    }

    /**
     * Reads back what {@link #write} wrote, and throws if {@link #read} would give something else. Comes after each snapshot of a
     * state that is an object, before the log behind it is given up, on a thread of its own; and for all that tests with
     * {@code @RaftTest} write.
     *
     * <p>The default reads the value, which takes its memory a second time, and says that it can't be read if so; whether what
     * came is the same it can't say, because a codec may write equal values as different bytes. JSON is compared, in pieces.
     *
     * @param in need not be read to its end, not closed
     * @param type with which it will be read
     * @throws IOException if it can't be read, or comes back as something else: naming the place, and what was written there
     */
    default void verify(InputStream in, Type type) throws IOException {
        read(in, type);
    }

    /**
     * Whether arguments and results of the types {@code String}, {@code long}, {@code int}, {@code short}, {@code boolean},
     * their boxes, and {@code byte[]} are written without the codec: a good deal faster. Not for a codec that has to see
     * everything, because it encrypts, for example.
     */
    default boolean leavesPlainValues() {
        return false;
    }
}
