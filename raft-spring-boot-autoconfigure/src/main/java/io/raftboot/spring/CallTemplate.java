package io.raftboot.spring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What is alike in all calls of one method, as it stands in the log: its head, and the names of its parameters. Copied and
 * compared as bytes, in place of being written and read as text for each call.
 */
final class CallTemplate {
    private final byte[] head;
    private final byte[][] names;

    /**
     * @param head  what stands before the arguments
     * @param names what stands before the value of each argument, in the order of the parameters
     */
    CallTemplate(byte[] head, List<byte[]> names) {
        this.head = head;
        this.names = names.toArray(byte[][]::new);
    }

    int headSizeBytes() {
        return head.length;
    }

    void writeHead(CodedOutputStream out) throws IOException {
        out.writeRawBytes(head);
    }

    /** Whether a call is one of this method: no head is the beginning of another. */
    boolean isHeadOf(byte[] call) {
        return standsAt(0, call, head);
    }

    /** For a call of this method, at its beginning. */
    void skipHead(CodedInputStream in) throws IOException {
        in.skipRawBytes(head.length);
    }

    int nameSizeBytes(int place) {
        return names[place].length;
    }

    void writeName(int place, CodedOutputStream out) throws IOException {
        out.writeRawBytes(names[place]);
    }

    /** Skips the name of the parameter in that place, if it is what follows in the call; else reads nothing. */
    boolean skipName(int place, byte[] call, CodedInputStream in) throws IOException {
        if (place >= names.length || !standsAt(in.getTotalBytesRead(), call, names[place])) {
            return false;
        }
        in.skipRawBytes(names[place].length);
        return true;
    }

    private static boolean standsAt(int at, byte[] bytes, byte[] part) {
        return part.length <= bytes.length - at && Arrays.equals(bytes, at, at + part.length, part, 0, part.length);
    }
}
