package io.raftboot.spring.call;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftParameter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls of annotated methods as they stand in the log, in the encoding of Protocol Buffers: format version (field 1), name of the
 * operation (2), version of the command (3), and for each argument a message (4) with the parameter's name (1) and an
 * {@link EncodedValue}; all in this order. Arguments are found by name, whatever their order.
 *
 * <p>Written and read without generated classes, whose objects, a dozen for each call on each member, take longer than all else.
 */
public final class CallFormat {
    /** A new kind of value is a new format. */
    private static final int FORMAT_VERSION = 1;

    /** About what there is before the arguments. */
    private static final int HEAD_BYTES = 64;

    private static final int FORMAT = 1;
    private static final int OPERATION = 2;
    private static final int COMMAND_VERSION = 3;
    private static final int ARGUMENT = 4;
    private static final int NAME = 1;

    private static final int FORMAT_TAG = FORMAT << ValueFormat.TAG_TYPE_BITS | WireFormat.WIRETYPE_VARINT;
    private static final int OPERATION_TAG =
            OPERATION << ValueFormat.TAG_TYPE_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int COMMAND_VERSION_TAG =
            COMMAND_VERSION << ValueFormat.TAG_TYPE_BITS | WireFormat.WIRETYPE_VARINT;
    private static final int ARGUMENT_TAG =
            ARGUMENT << ValueFormat.TAG_TYPE_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int NAME_TAG = NAME << ValueFormat.TAG_TYPE_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private CallFormat() {}

    /** A call that was understood. */
    @SuppressWarnings("ArrayRecordComponent") // lives as long as the call, never compared
    public record Decoded(RaftMethod method, @Nullable Object[] arguments) {}

    /** What stands before the arguments. */
    private record Head(String operation, int commandVersion) {}

    /** What is alike in all calls of a method of that name, version and parameters. */
    static CallTemplate template(String operation, int commandVersion, List<RaftParameter> parameters) {
        byte[] head = encoded(out -> {
            out.writeUInt32(FORMAT, FORMAT_VERSION);
            out.writeString(OPERATION, operation);
            out.writeUInt32(COMMAND_VERSION, commandVersion);
        });
        List<byte[]> names = parameters.stream()
                .map(parameter -> encoded(out -> out.writeString(NAME, parameter.name())))
                .toList();
        return new CallTemplate(head, names);
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
            throw new UncheckedIOException("memory can't fail to be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Encodes a call.
     *
     * @throws RaftArgumentException if an argument can't be written, or not be read again
     */
    public static byte[] encode(RaftMethod method, @Nullable Object[] arguments, RaftCodec codec) {
        var template = method.template();
        var values = new EncodedValue[arguments.length];
        int sizeBytes = template.headSizeBytes();
        for (int place = 0; place < values.length; place++) {
            values[place] = encode(method.parameters().get(place), arguments[place], codec);
            int size = template.nameSizeBytes(place) + values[place].sizeBytes();
            sizeBytes +=
                    CodedOutputStream.computeTagSize(ARGUMENT) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
        }
        byte[] call = new byte[sizeBytes];
        try {
            write(template, values, CodedOutputStream.newInstance(call));
        } catch (IOException e) {
            throw new IllegalStateException("a call has another size than was computed", e);
        }
        return call;
    }

    private static EncodedValue encode(RaftParameter parameter, @Nullable Object argument, RaftCodec codec) {
        try {
            var value = ValueFormat.encode(argument, parameter.type(), codec);
            if (argument != null && value.field() == EncodedValue.ENCODED) {
                // What can be written can't always be read: once in the log, it would stop all members.
                ValueFormat.checkComesBack(argument, value, parameter.type(), codec);
            }
            return value;
        } catch (IOException | RuntimeException e) {
            throw unfit(parameter, e);
        } catch (StackOverflowError e) {
            throw unfit(parameter, new IOException("it is nested too deeply for the stack of this thread", e));
        }
    }

    private static void write(CallTemplate template, EncodedValue[] values, CodedOutputStream out) throws IOException {
        template.writeHead(out);
        for (int place = 0; place < values.length; place++) {
            out.writeUInt32NoTag(ARGUMENT_TAG);
            out.writeUInt32NoTag(template.nameSizeBytes(place) + values[place].sizeBytes());
            template.writeName(place, out);
            values[place].writeTo(out);
        }
        out.checkNoSpaceLeft();
    }

    /**
     * Decodes a call, perhaps written by an older or newer version of the application: an argument that is not among the parameters
     * is ignored, a parameter that is not in the call is null.
     *
     * @param operations those there are
     * @throws IllegalArgumentException if the bytes are not a call, or one of an operation that is not there
     * @throws RaftArgumentException if an argument does not fit its parameter
     */
    public static Decoded decode(byte[] call, OperationsByName operations, RaftCodec codec) {
        try {
            var in = CodedInputStream.newInstance(call);
            var head = head(in);
            var method = operations.get(head.operation(), head.commandVersion());
            return new Decoded(method, arguments(call, in, method, codec));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a call of an annotated method: " + e.getMessage(), e);
        }
    }

    /**
     * Which command a call is of, as {@link OperationsByName#withVersion} says it; looks at its beginning only.
     *
     * @throws IllegalArgumentException if it is in a format that this version does not know
     * @throws IOException if it is no call
     */
    public static String nameWithVersion(InputStream call) throws IOException {
        var head = head(CodedInputStream.newInstance(call, HEAD_BYTES));
        return OperationsByName.withVersion(head.operation(), head.commandVersion());
    }

    private static Head head(CodedInputStream in) throws IOException {
        expect(in, FORMAT_TAG);
        int format = in.readUInt32();
        if (format != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "a call of an annotated method in format " + format + ", which this version does not know");
        }
        expect(in, OPERATION_TAG);
        String operation = in.readStringRequireUtf8();
        expect(in, COMMAND_VERSION_TAG);
        return new Head(operation, in.readUInt32());
    }

    private static @Nullable Object[] arguments(byte[] call, CodedInputStream in, RaftMethod method, RaftCodec codec)
            throws IOException {
        var parameters = method.parameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        boolean[] found = new boolean[arguments.length];
        for (int place = 0; !in.isAtEnd(); place++) {
            int outer = beginArgument(in);
            int index = method.template().skipName(place, call, in) ? place : indexOf(parameters, name(in));
            if (index >= 0 && !in.isAtEnd()) {
                arguments[index] = decode(in, parameters.get(index), codec);
                found[index] = true;
            }
            in.skipRawBytes(in.getBytesUntilLimit());
            in.popLimit(outer);
        }
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                arguments[i] = absent(parameters.get(i), codec);
            }
        }
        return arguments;
    }

    private static int beginArgument(CodedInputStream in) throws IOException {
        expect(in, ARGUMENT_TAG);
        return in.pushLimit(in.readRawVarint32());
    }

    private static String name(CodedInputStream in) throws IOException {
        expect(in, NAME_TAG);
        return in.readStringRequireUtf8();
    }

    private static @Nullable Object decode(CodedInputStream in, RaftParameter parameter, RaftCodec codec) {
        try {
            return ValueFormat.decode(in, in.readTag(), parameter.type(), codec);
        } catch (IOException | RuntimeException e) {
            throw unfit(parameter, e);
        }
    }

    private static @Nullable Object absent(RaftParameter parameter, RaftCodec codec) {
        try {
            return ValueFormat.absent(parameter.type(), codec);
        } catch (IOException | RuntimeException e) {
            throw unfit(parameter, e);
        }
    }

    private static int indexOf(List<RaftParameter> parameters, String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Name of the argument that takes most of an encoded call, which has one. */
    public static String largestArgument(byte[] call) {
        String largest = "";
        int most = -1;
        try {
            var in = CodedInputStream.newInstance(call);
            head(in);
            while (!in.isAtEnd()) {
                int outer = beginArgument(in);
                int sizeBytes = in.getBytesUntilLimit();
                if (sizeBytes > most) {
                    most = sizeBytes;
                    largest = name(in);
                }
                in.skipRawBytes(in.getBytesUntilLimit());
                in.popLimit(outer);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not a call of an annotated method: " + e.getMessage(), e);
        }
        return largest;
    }

    private static void expect(CodedInputStream in, int tag) throws IOException {
        int found = in.readTag();
        if (found != tag) {
            throw new IOException("the field " + (tag >>> ValueFormat.TAG_TYPE_BITS) + " should follow, and "
                    + (found >>> ValueFormat.TAG_TYPE_BITS) + " does");
        }
    }

    private static RaftArgumentException unfit(RaftParameter parameter, Exception cause) {
        return new RaftArgumentException(
                parameter.name(),
                "parameter '" + parameter.name() + "' of type "
                        + parameter.type().getTypeName() + " does not bind: " + cause.getMessage(),
                cause);
    }
}
