package io.raftboot.proof;

import io.raftboot.raft.proto.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers that are equal for equal content, and for other content are taken to be other ones. */
public final class Hash {
    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;

    private Hash() {}

    /** Of an entry, without its place. */
    public static long of(Entry entry) {
        return of(entry.getType().getNumber(), entry.getData().asReadOnlyByteBuffer());
    }

    static long of(int kind, ByteBuffer data) {
        long hash = mix(kind + 1, data.remaining());
        var bytes = data.duplicate().order(ByteOrder.BIG_ENDIAN);
        while (bytes.remaining() >= Long.BYTES) {
            hash = mix(hash, bytes.getLong());
        }
        while (bytes.hasRemaining()) {
            hash = mix(hash, bytes.get());
        }
        return hash;
    }

    public static long of(byte[] bytes) {
        return of(0, ByteBuffer.wrap(bytes));
    }

    /** Of a sequence to which something more has come. */
    public static long mix(long hash, long more) {
        long mixed = (hash ^ more) * PRIME;
        return mixed ^ (mixed >>> 29);
    }
}
