package io.raftboot.spring.call;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * What is alike in all calls of one method, as it stands in the log: its head, and the names of its parameters. Both are
 * copied as bytes where a call is written, and the names compared as bytes where one is read, in place of being text each time.
 */
final class CallTemplate {
    private final byte[] head;
    private final byte[][] names;

    /**
     * @param head what stands before the arguments
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

    int nameSizeBytes(int place) {
        return names[place].length;
    }

    void writeName(int place, CodedOutputStream out) throws IOException {
        out.writeRawBytes(names[place]);
    }

    /** Skips the name of the parameter in that place, if it is what follows in the call; else reads nothing. */
    boolean skipName(int place, byte[] call, CodedInputStream in) throws IOException {
        if (place >= names.length) {
            return false;
        }
        byte[] name = names[place];
        int at = in.getTotalBytesRead();
        if (name.length > call.length - at || !Arrays.equals(call, at, at + name.length, name, 0, name.length)) {
            return false;
        }
        in.skipRawBytes(name.length);
        return true;
    }
}
