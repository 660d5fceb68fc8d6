package io.raftboot.spring;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.spring.proto.MethodCall;
import io.raftboot.spring.proto.Value;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of annotated methods, as they stand in the log. The arguments are found by name, whatever their order. */
final class Calls {
    /** A new kind of value is a new format: members that don't know it would take it for null. */
    private static final int FORMAT_VERSION = 1;

    private Calls() {}

    /**
     * Encodes a call.
     *
     * @throws RaftArgumentException if an argument can't be written, or not be read again
     */
    static byte[] encode(RaftMethod method, @Nullable Object[] arguments, RaftCodec codec) {
        var call = MethodCall.newBuilder()
                .setFormatVersion(FORMAT_VERSION)
                .setOperation(method.name())
                .setCommandVersion(method.version());
        for (int i = 0; i < arguments.length; i++) {
            call.addArguments(encode(method.parameters().get(i), arguments[i], codec));
        }
        return call.build().toByteArray();
    }

    private static Value encode(RaftParameter parameter, @Nullable Object argument, RaftCodec codec) {
        try {
            var target = Value.newBuilder().setName(parameter.name());
            Values.write(target, argument, parameter.type(), codec);
            if (target.getKindCase() == Value.KindCase.ENCODED) {
                // What can be written can't always be read: once in the log, it would stop all members.
                Values.read(target.build(), parameter.type(), codec);
            }
            return target.build();
        } catch (IOException | RuntimeException e) {
            throw unfit(parameter, e);
        }
    }

    /** Name of the argument that takes most of an encoded call, which has one. */
    static String largestArgument(byte[] call) {
        return Collections.max(parse(call).getArgumentsList(), Comparator.comparingInt(Value::getSerializedSize))
                .getName();
    }

    /** @throws IllegalArgumentException if the bytes are not a call */
    static MethodCall parse(byte[] bytes) {
        try {
            var call = MethodCall.parseFrom(bytes);
            if (call.getFormatVersion() == FORMAT_VERSION
                    && !call.getOperation().isEmpty()) {
                return call;
            }
            throw new IllegalArgumentException(
                    call.getFormatVersion() > FORMAT_VERSION
                            ? "a call of an annotated method in format " + call.getFormatVersion()
                                    + ", which a newer version writes"
                            : "not a call of an annotated method");
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a call of an annotated method: " + e.getMessage(), e);
        }
    }

    /**
     * The arguments of a call, perhaps written by an older or newer version of the application: a name that is not among
     * the parameters is ignored, a parameter that is not in the call is null.
     *
     * @throws RaftArgumentException if one does not fit its parameter
     */
    static @Nullable Object[] arguments(MethodCall call, List<RaftParameter> parameters, RaftCodec codec) {
        @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
        for (int i = 0; i < arguments.length; i++) {
            RaftParameter parameter = parameters.get(i);
            try {
                arguments[i] = Values.read(value(call, parameter.name(), i), parameter.type(), codec);
            } catch (IOException | RuntimeException e) {
                throw unfit(parameter, e);
            }
        }
        return arguments;
    }

    /** @param likely where it stands if the parameters are as they were */
    private static Value value(MethodCall call, String name, int likely) {
        if (likely < call.getArgumentsCount()
                && call.getArguments(likely).getName().equals(name)) {
            return call.getArguments(likely);
        }
        for (Value value : call.getArgumentsList()) {
            if (value.getName().equals(name)) {
                return value;
            }
        }
        return Value.getDefaultInstance();
    }

    private static RaftArgumentException unfit(RaftParameter parameter, Exception cause) {
        return new RaftArgumentException(
                parameter.name(),
                "parameter '" + parameter.name() + "' of type "
                        + parameter.type().getTypeName() + " does not bind: " + cause.getMessage(),
                cause);
    }
}
