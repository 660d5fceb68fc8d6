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
 * once. A bean of this type replaces the default, which is JSON.
 */
public interface RaftCodec {
    /**
     * Encodes the arguments of a call.
     *
     * @throws RaftArgumentException if one can't be encoded
     */
    byte[] encodeArguments(List<RaftParameter> parameters, @Nullable Object[] arguments);

    /**
     * Decodes what {@link #encodeArguments} wrote, perhaps by an older or newer version of the application: a name
     * that is not among the parameters is ignored, a parameter that is not in the bytes is null.
     *
     * @throws IllegalArgumentException if the bytes are no arguments
     * @throws RaftArgumentException    if they do not fit a parameter
     */
    @Nullable
    Object[] decodeArguments(List<RaftParameter> parameters, byte[] encoded);

    /**
     * Encodes a result or a state.
     *
     * @param out not closed
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
}
