package io.raftboot.spring.call;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An argument or a result as it stands in the log: one field in the encoding of Protocol Buffers, none for null.
 *
 * @param field its number, which is the kind of the value; 0 for null
 * @param number the value of a {@link #NUMBER} and, 0 or 1, of a {@link #TRUTH}
 * @param bytes of all other kinds, not changed any more
 */
@SuppressWarnings("ArrayRecordComponent") // lives until it is written, never compared
public record EncodedValue(int field, long number, byte[] bytes) {
    /** UTF-8. */
    static final int TEXT = 2;

    /** A varint, zigzag. */
    static final int NUMBER = 3;

    /** A varint, 0 or 1. */
    static final int TRUTH = 4;

    static final int BINARY = 5;

    /** What the codec wrote. */
    static final int ENCODED = 6;

    private static final byte[] NONE = {};

    static final EncodedValue NULL = new EncodedValue(0, 0, NONE);

    static EncodedValue number(long number) {
        return new EncodedValue(NUMBER, number, NONE);
    }

    static EncodedValue truth(boolean truth) {
        return new EncodedValue(TRUTH, truth ? 1 : 0, NONE);
    }

    static EncodedValue bytes(int field, byte[] bytes) {
        return new EncodedValue(field, 0, bytes);
    }

    int sizeBytes() {
        return switch (field) {
            case 0 -> 0;
            case NUMBER -> CodedOutputStream.computeSInt64Size(NUMBER, number);
            case TRUTH -> CodedOutputStream.computeBoolSize(TRUTH, number != 0);
            default -> CodedOutputStream.computeByteArraySize(field, bytes);
        };
    }

    void writeTo(CodedOutputStream out) throws IOException {
        switch (field) {
            case 0 -> {}
            case NUMBER -> out.writeSInt64(NUMBER, number);
            case TRUTH -> out.writeBool(TRUTH, number != 0);
            default -> out.writeByteArray(field, bytes);
        }
    }

    /** The value by itself, as a result is. */
    public byte[] toBytes() {
        if (field == 0) {
            return NONE;
        }
        byte[] alone = new byte[sizeBytes()];
        try {
            writeTo(CodedOutputStream.newInstance(alone));
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the right size can't fail", e);
        }
        return alone;
    }
}
