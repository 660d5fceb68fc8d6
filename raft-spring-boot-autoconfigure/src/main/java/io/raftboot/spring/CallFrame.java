package io.raftboot.spring;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A call of an annotated method as it stands in the log: format version (1 byte), length of the name (2), name
 * (UTF-8), version of the command (4), then what the codec wrote. The name is outside of the codec's bytes, so that a
 * codec knows the types before it decodes.
 *
 * @param operation      name of the command or query
 * @param commandVersion from 1 upwards
 * @param arguments      as the codec wrote them, from position to limit
 */
record CallFrame(String operation, int commandVersion, ByteBuffer arguments) {
    /** Of a command that names no version, and of all queries. */
    static final int FIRST_COMMAND_VERSION = 1;

    private static final byte FORMAT_VERSION = 1;
    private static final int HEADER_BYTES = Byte.BYTES + Short.BYTES + Integer.BYTES;

    byte[] toBytes() {
        byte[] name = operation.getBytes(StandardCharsets.UTF_8);
        if (name.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("the name of an operation is longer than " + Short.MAX_VALUE + " bytes");
        }
        return ByteBuffer.allocate(HEADER_BYTES + name.length + arguments.remaining())
                .put(FORMAT_VERSION)
                .putShort((short) name.length)
                .put(name)
                .putInt(commandVersion)
                .put(arguments.duplicate())
                .array();
    }

    /** @throws IllegalArgumentException if the bytes are not a call */
    static CallFrame parse(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != FORMAT_VERSION) {
            throw new IllegalArgumentException("not a call of an annotated method");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        int nameLength = in.getShort();
        if (nameLength < 1 || nameLength + Integer.BYTES > in.remaining()) {
            throw new IllegalArgumentException("not a call of an annotated method: the name does not fit");
        }
        String name = new String(bytes, in.position(), nameLength, StandardCharsets.UTF_8);
        in.position(in.position() + nameLength);
        int version = in.getInt();
        return new CallFrame(name, version, in);
    }
}
