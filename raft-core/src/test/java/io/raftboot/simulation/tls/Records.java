package io.raftboot.simulation.tls;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What goes over a connection: the header of a TLS record, what it holds in clear, and a checksum where TLS has a seal. */
final class Records {
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int DATA = 23;

    /** Of data that one holds at most. */
    static final int MAX_DATA = 16 * 1024;

    private static final int HEADER = 5;
    private static final int SEAL = Integer.BYTES;
    private static final short VERSION = 0x0303;

    /** Room for any. */
    static final int MAX_BYTES = HEADER + MAX_DATA + SEAL;

    private Records() {}

    /**
     * One that has arrived.
     *
     * @param type what it is for
     * @param content what it holds
     * @param bytes how long it is with all
     */
    record Arrived(int type, ByteBuffer content, int bytes) {}

    static int bytes(int content) {
        return HEADER + content + SEAL;
    }

    static void write(int type, ByteBuffer content, ByteBuffer to) {
        var seal = seal(type, content.duplicate());
        to.put((byte) type).putShort(VERSION).putShort((short) (content.remaining() + SEAL));
        to.put(content).putInt(seal);
    }

    /**
     * The next one, which is left where it is; null if it is not all there.
     *
     * @throws SSLException if it is none, or not as it was sent
     */
    static @Nullable Arrived peek(ByteBuffer from) throws SSLException {
        if (from.remaining() < HEADER) {
            return null;
        }
        int at = from.position();
        int type = from.get(at) & 0xff;
        int length = from.getShort(at + 3) & 0xffff;
        if (type < ALERT || type > DATA || from.getShort(at + 1) != VERSION || length < SEAL) {
            throw new SSLException("this is no record");
        }
        if (from.remaining() < HEADER + length) {
            return null;
        }
        var content = from.duplicate();
        content.position(at + HEADER).limit(at + HEADER + length - SEAL);
        if (seal(type, content.duplicate()) != from.getInt(at + HEADER + length - SEAL)) {
            throw new SSLException("a record is not as it was sent");
        }
        return new Arrived(type, content, HEADER + length);
    }

    private static int seal(int type, ByteBuffer content) {
        var sum = new CRC32C();
        sum.update(type);
        sum.update(content);
        return (int) sum.getValue();
    }
}
