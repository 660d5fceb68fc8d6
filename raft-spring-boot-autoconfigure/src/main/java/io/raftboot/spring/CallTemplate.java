package io.raftboot.spring;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * What is alike in all calls of one method, as it stands in the log: its head, and the names of its parameters. Copied and
 * compared as bytes, in place of being written and read as text for each call.
 */
final class CallTemplate {
    private final byte[] head;
    private final byte[][] names;

    CallTemplate(String operation, int version, List<RaftParameter> parameters) {
        head = encoded(out -> Calls.writeHead(operation, version, out));
        names = new byte[parameters.size()][];
        for (int place = 0; place < names.length; place++) {
            String name = parameters.get(place).name();
            names[place] = encoded(out -> Calls.writeName(name, out));
        }
    }

    @FunctionalInterface
    private interface Part {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] encoded(Part part) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            part.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory can't fail to be written", e);
        }
        return bytes.toByteArray();
    }

    int headSizeBytes() {
        return head.length;
    }

    void writeHead(CodedOutputStream out) throws IOException {
        out.writeRawBytes(head);
    }

    /** Whether a call is one of this method: no head is the beginning of another. */
    boolean isHeadOf(byte[] call) {
        return beginsAt(0, call, head);
    }

    /** To be called at the beginning of a call that {@link #isHeadOf begins} with it. */
    void skipHead(CodedInputStream in) throws IOException {
        in.skipRawBytes(head.length);
    }

    int nameSizeBytes(int place) {
        return names[place].length;
    }

    void writeName(int place, CodedOutputStream out) throws IOException {
        out.writeRawBytes(names[place]);
    }

    /** Skips the name of the parameter in that place, if it is what follows. */
    boolean skipName(int place, byte[] call, CodedInputStream in) throws IOException {
        if (place >= names.length || !beginsAt(in.getTotalBytesRead(), call, names[place])) {
            return false;
        }
        in.skipRawBytes(names[place].length);
        return true;
    }

    private static boolean beginsAt(int at, byte[] bytes, byte[] part) {
        return part.length <= bytes.length - at && Arrays.equals(bytes, at, at + part.length, part, 0, part.length);
    }
}
