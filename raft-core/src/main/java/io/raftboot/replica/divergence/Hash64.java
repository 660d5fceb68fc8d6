package io.raftboot.replica.divergence;

import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A hash of 64 bits, the same on every machine and in every version of a format: it tells apart what differs by accident, not by
 * intent. Eight bytes at a time, because a state has many. Never 0, which stands for no hash. Used by one thread.
 */
final class Hash64 extends OutputStream {
    static final long NONE = 0;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long FIRST = 0xA0761D6478BD642FL;
    private static final long SECOND = 0xE7037ED1A0B428DBL;
    private static final long THIRD = 0x8EBC6AF09C88C6E3L;
    private static final int TURN = 29;
    private static final int BYTE_MASK = 0xFF;

    private long hash = FIRST;
    private long word;
    private int filledBytes;
    private long lengthBytes;

    @Override
    public void write(int value) {
        word |= (value & (long) BYTE_MASK) << (Byte.SIZE * filledBytes);
        lengthBytes++;
        if (++filledBytes == Long.BYTES) {
            mix(word);
            word = 0;
            filledBytes = 0;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && filledBytes != 0) {
            write(bytes[at++]);
        }
        int start = at;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            mix((long) LONGS.get(bytes, at));
        }
        lengthBytes += at - start;
        while (at < end) {
            write(bytes[at++]);
        }
    }

    Hash64 add(long value) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            write((int) (value >>> shift));
        }
        return this;
    }

    /** Text with its length, so that two texts are never the same as two others. */
    Hash64 add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        write(bytes, 0, bytes.length);
        return this;
    }

    private void mix(long next) {
        hash = Long.rotateLeft(hash ^ (next * SECOND), TURN) * THIRD + FIRST;
    }

    /** The hash of all that was written so far. */
    long value() {
        long value = Long.rotateLeft(hash ^ (word * SECOND), TURN) * THIRD ^ lengthBytes * FIRST;
        value = (value ^ value >>> 32) * SECOND;
        value = (value ^ value >>> 29) * THIRD;
        value ^= value >>> 32;
        return value == NONE ? 1 : value;
    }
}
