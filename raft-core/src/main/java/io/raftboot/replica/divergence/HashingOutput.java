package io.raftboot.replica.divergence;

import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/** Where a state is written that only its hash is wanted of, until the member ends. Used by one thread. */
final class HashingOutput extends OutputStream {
    private final Hash64 hash;
    private final BooleanSupplier ended;

    HashingOutput(Hash64 hash, BooleanSupplier ended) {
        this.hash = hash;
        this.ended = ended;
    }

    @Override
    public void write(int value) throws InterruptedIOException {
        checkNotEnded();
        hash.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
        checkNotEnded();
        hash.write(bytes, offset, length);
    }

    private void checkNotEnded() throws InterruptedIOException {
        if (ended.getAsBoolean()) {
            throw new InterruptedIOException("the member ends");
        }
    }
}
