package io.raftboot.spring.call;

import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The payload of a command of an annotated bean: which method, and its arguments. */
final class CallTarget implements FuzzTarget {
    /** An element of a list takes two characters. */
    private static final int OBJECTS_TO_BYTES = 1024;

    /** The parser of JSON has buffers of its own. */
    private static final int FIXED_BYTES = 256 * 1024;

    private final JsonRaftCodec codec = new JsonRaftCodec();
    private final StateMachineDefinition definition = StateMachineInspector.inspect(Shop.class);

    /** Commands with parameters of all kinds. */
    @RaftStateMachine("shop")
    static class Shop {
        record Line(String sku, int count, @Nullable BigDecimal price) {}

        @RaftCommand
        public void plain(String name, long number, int small, short least, boolean yes, byte[] bytes) {}

        @RaftCommand(version = 2)
        public void plain(
                @Nullable String name, @Nullable Long number, @Nullable Integer small, @Nullable Boolean yes) {}

        @RaftCommand
        public void objects(Line line, List<Line> lines, Map<String, Integer> counts) {}

        @RaftCommand
        public void values(Instant at, UUID id, DayOfWeek day, double weight, Optional<String> note) {}

        @RaftCommand
        public void none() {}
    }

    @Override
    public String name() {
        return "call";
    }

    @Override
    public List<byte[]> seeds() {
        var line = new Shop.Line("nail", 7, new BigDecimal("1.50"));
        return List.of(
                call("plain", 1, "name", 5_000_000_000L, -7, (short) 3, true, new byte[] {1, 2}),
                call("plain", 2, null, 4L, null, false),
                call("objects", 1, line, List.of(line, line), Map.of("a", 1)),
                call("values", 1, Instant.EPOCH, new UUID(1, 2), DayOfWeek.FRIDAY, 0.5, Optional.of("note")),
                call("none", 1));
    }

    private byte[] call(String name, int version, @Nullable Object... arguments) {
        return CallFormat.encode(definition.commands().get(name, version), arguments, codec);
    }

    @Override
    public CallFormat.Decoded decode(byte[] input) {
        return CallFormat.decode(input, definition.commands(), codec);
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof IllegalArgumentException;
    }

    /** Arguments are compared as they are written: what was read is written as what is read of that is. */
    @Override
    public void check(Object decoded) {
        var call = (CallFormat.Decoded) decoded;
        byte[] once = CallFormat.encode(call.method(), call.arguments(), codec);
        var again = decode(once);
        if (!again.method().equals(call.method())
                || !Arrays.equals(once, CallFormat.encode(again.method(), again.arguments(), codec))) {
            throw new IllegalStateException("the call of " + call.method().describe() + " comes back as another");
        }
    }

    @Override
    public String describe(Object decoded) {
        var call = (CallFormat.Decoded) decoded;
        var text = new StringBuilder(call.method().name());
        for (Object argument : new ArrayList<>(Arrays.asList(call.arguments()))) {
            text.append(' ')
                    .append(argument == null ? "null" : argument.getClass().getSimpleName());
        }
        return text.toString();
    }

    @Override
    public int costs() {
        return 2;
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
