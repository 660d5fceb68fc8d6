package io.raftboot.test;

import io.raftboot.spring.RaftCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application's codec, which in a test writes only what comes back as it was. */
final class CheckingCodec implements RaftCodec {
    private final RaftCodec codec;

    CheckingCodec(RaftCodec codec) {
        this.codec = codec;
    }

    @Override
    public void write(@Nullable Object value, Type type, OutputStream out) throws IOException {
        byte[] written = RoundTrip.of(value, type, codec);
        String shared = CheckedState.isWritten() ? SharedObjects.find(value, RoundTrip.nameOf(value, type)) : null;
        if (shared != null) {
            throw new IOException(shared);
        }
        out.write(written);
    }

    @Override
    public void writeCanonical(@Nullable Object value, Type type, OutputStream out) throws IOException {
        codec.writeCanonical(value, type, out);
    }

    @Override
    public @Nullable Object read(InputStream in, Type type) throws IOException {
        return codec.read(in, type);
    }

    @Override
    public void verify(InputStream in, Type type) throws IOException {
        codec.verify(in, type);
    }

    @Override
    public @Nullable Object absent(Type type) throws IOException {
        return codec.absent(type);
    }

    @Override
    public List<String> refusals(Type type) {
        return codec.refusals(type);
    }

    @Override
    public boolean leavesPlainValues() {
        return codec.leavesPlainValues();
    }
}
