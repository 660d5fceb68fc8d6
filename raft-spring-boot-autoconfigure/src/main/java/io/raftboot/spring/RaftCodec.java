package io.raftboot.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns arguments, results and states of annotated state machines into bytes and back. What it writes stays in the log
 * and is read by later versions of the application and by all members, so it must be stable. Called on many threads at
 * once. A bean of this type replaces the default, which is JSON; {@link #write} and {@link #read} are all that it needs.
 */
public interface RaftCodec {
    /**
     * Encodes an argument, a result or a state.
     *
     * @param value null too, unless it is an argument
     * @param type  declared, with its generic arguments
     * @param out   not closed
     * @throws IOException if the value can't be encoded or {@code out} fails
     */
    void write(@Nullable Object value, Type type, OutputStream out) throws IOException;

    /**
     * Decodes what {@link #write} wrote.
     *
     * @param in read to its end, not closed
     * @throws IOException if the bytes do not fit the type or {@code in} fails
     */
    @Nullable
    Object read(InputStream in, Type type) throws IOException;

    /**
     * Encodes the arguments of a call: unless overridden, each by {@link #write}, with its name before it.
     *
     * @throws RaftArgumentException if one can't be encoded
     */
    default ByteBuffer encodeArguments(List<RaftParameter> parameters, @Nullable Object[] arguments) {
        return NamedArguments.encode(this, parameters, arguments);
    }

    /**
     * Decodes what {@link #encodeArguments} wrote, perhaps by an older or newer version of the application: a name
     * that is not among the parameters is ignored, a parameter that is not in the bytes is null.
     *
     * @param encoded read from its position to its limit, its content not changed
     * @throws IllegalArgumentException if the bytes are no arguments
     * @throws RaftArgumentException    if they do not fit a parameter
     */
    default @Nullable Object[] decodeArguments(List<RaftParameter> parameters, ByteBuffer encoded) {
        return NamedArguments.decode(this, parameters, encoded);
    }

    /**
     * Whether {@link #decodeArguments} can read whatever {@link #encodeArguments} writes of such parameters. Where it may
     * not, each call is decoded once more before it is proposed, so that what does not bind is refused.
     */
    default boolean alwaysReadsBack(List<RaftParameter> parameters) {
        return false;
    }
}
