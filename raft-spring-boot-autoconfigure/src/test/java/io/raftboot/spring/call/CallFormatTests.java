package io.raftboot.spring.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftParameter;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.machine.StateMachineInspector;
import io.raftboot.spring.proto.MethodCall;
import io.raftboot.spring.proto.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class CallFormatTests {
    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int CALLS = 2_000;
    private static final RaftParameter NAME = new RaftParameter("name", String.class);
    private static final RaftParameter COUNT = new RaftParameter("count", int.class);
    private static final RaftParameter TAGS = new RaftParameter("tags", List.class);

    private final RaftCodec json = new JsonRaftCodec();
    private final OperationsByName commands =
            StateMachineInspector.inspect(Things.class).commands();

    @RaftStateMachine
    static class Things {
        @RaftCommand
        void add(@Nullable String name, int count, @Nullable List<?> tags) {}

        @RaftCommand(value = "größe", version = 7)
        void size(Supplier<String> value) {}
    }

    @Test
    void callComesBackByTheNamesOfItsParameters() {
        byte[] call = add("größe", 3, List.of("a"));
        var decoded = CallFormat.decode(call, commands, json);
        assertThat(decoded.method()).isEqualTo(method("add", 1));
        assertThat(decoded.arguments()).containsExactly("größe", 3, List.of("a"));
        assertThat(arguments(call, TAGS, COUNT)).containsExactly(List.of("a"), 3);
    }

    @Test
    void isWrittenAsTheGeneratedClassWouldWriteIt() throws IOException {
        var random = new Random(SEED);
        for (int i = 0; i < CALLS; i++) {
            String name = random.nextInt(8) == 0 ? null : "é".repeat(random.nextInt(200));
            int count = random.nextInt() >> random.nextInt(Integer.SIZE);
            List<?> tags = random.nextInt(8) == 0 ? null : List.of("a".repeat(random.nextInt(200)));
            byte[] call = add(name, count, tags);
            var message = MethodCall.parseFrom(call);
            assertThat(message.toByteArray()).as("seed %d, call %d", SEED, i).isEqualTo(call);
            assertThat(message.getArgumentsList()).extracting(Value::getName).containsExactly("name", "count", "tags");
            assertThat(message.getArguments(1).getNumber()).isEqualTo(count);
            assertThat(CallFormat.decode(call, commands, json).arguments()).containsExactly(name, count, tags);
        }
    }

    /** Arguments are found by their bytes where the parameters are as they were when the call was written, else by their names. */
    @Test
    void argumentsAreFoundAlikeHoweverTheirNamesAreRead() {
        var random = new Random(SEED);
        int understood = 0;
        for (int i = 0; i < CALLS; i++) {
            byte[] call = add("a".repeat(random.nextInt(20)), random.nextInt(), null);
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                call[random.nextInt(call.length)] = (byte) random.nextInt(random.nextBoolean() ? 8 : 256);
            }
            byte[] cut = random.nextInt(8) == 0 ? Arrays.copyOf(call, random.nextInt(call.length)) : call;
            var inPlace = argumentsOrNull(cut, NAME, COUNT);
            var byName = argumentsOrNull(cut, COUNT, NAME);
            assertThat(byName == null).as("seed %d, call %d", SEED, i).isEqualTo(inPlace == null);
            if (inPlace != null && byName != null) {
                assertThat(inPlace).containsExactly(byName[1], byName[0]);
                understood++;
            }
        }
        assertThat(understood).isBetween(CALLS / 4, CALLS - CALLS / 4);
    }

    private @Nullable Object @Nullable [] argumentsOrNull(byte[] call, RaftParameter... parameters) {
        try {
            return arguments(call, parameters);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Test
    void whatNobodyTakesAnyMoreIsIgnoredAndWhatIsNewIsNull() {
        byte[] call = add("a", 3, null);
        var note = new RaftParameter("note", String.class);
        assertThat(arguments(call, note, COUNT)).containsExactly(null, 3);
        assertThat(arguments(call)).isEmpty();
    }

    @Test
    void nullAndEmptyAreTwoThings() {
        assertThat(arguments(add(null, 0, null), NAME, TAGS)).containsExactly(null, null);
        assertThat(arguments(add("", 0, List.of()), NAME, TAGS)).containsExactly("", List.of());
    }

    @Test
    void whatDoesNotBindIsRefusedByName() {
        byte[] call = add("many", 3, List.of());
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> arguments(call, new RaftParameter("name", int.class)))
                .withMessageStartingWith("parameter 'name' of type int does not bind: ")
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("name"));
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> arguments(call, new RaftParameter("more", long.class)))
                .withMessage("parameter 'more' of type long does not bind: it must not be null");
    }

    /** It would stop all members. */
    @Test
    void whatCanBeWrittenAndNotBeReadIsRefusedBeforeItIsProposed() {
        var size = method("größe", 7);
        Supplier<String> supplier = () -> "x";
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> CallFormat.encode(size, new Object[] {supplier}, json))
                .withMessageContaining("'value'");
    }

    @Test
    void argumentThatTakesMostIsNamed() {
        assertThat(CallFormat.largestArgument(add("a".repeat(100), 3, List.of("b"))))
                .isEqualTo("name");
        assertThat(CallFormat.largestArgument(add("a", 3, List.of("b".repeat(100)))))
                .isEqualTo("tags");
        byte[] cut = Arrays.copyOf(add("a", 3, null), 12);
        assertThatIllegalArgumentException().isThrownBy(() -> CallFormat.largestArgument(cut));
    }

    @Test
    void everyShorterCallIsRefusedButTheOneWithoutItsLastArgument() {
        byte[] whole = add("abc", 3, List.of());
        int understood = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(CallFormat.decode(cut, commands, json).arguments()).containsExactly("abc", 3, null);
                understood++;
            } catch (IllegalArgumentException e) {
                assertThat(e).as("%d bytes", length).hasMessageMatching("not a call .*|parameter '.*");
            }
        }
        assertThat(understood).isEqualTo(1);
    }

    @Test
    void otherBytesAreRefused() {
        for (String other : List.of("", "{}", "{\"name\":\"a\"}", "\u0001\u0003add")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CallFormat.decode(other.getBytes(StandardCharsets.UTF_8), commands, json))
                    .withMessageStartingWith("not a call of an annotated method");
        }
    }

    @Test
    void newerFormatIsRefusedAsThat() {
        byte[] newer = MethodCall.newBuilder()
                .setFormatVersion(2)
                .setOperation("add")
                .addArguments(Value.newBuilder().setName("name"))
                .build()
                .toByteArray();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallFormat.decode(newer, commands, json))
                .withMessageContaining("format 2, which this version does not know");
    }

    /** A call as another version of an application may have written it. */
    public static byte[] withoutArguments(String operation, int version) {
        return MethodCall.newBuilder()
                .setFormatVersion(1)
                .setOperation(operation)
                .setCommandVersion(version)
                .build()
                .toByteArray();
    }

    private byte[] add(@Nullable String name, int count, @Nullable List<?> tags) {
        return CallFormat.encode(method("add", 1), new @Nullable Object[] {name, count, tags}, json);
    }

    /** Arguments as they are decoded by a version of the application in which the command has these parameters. */
    private @Nullable Object[] arguments(byte[] call, RaftParameter... parameters) {
        var add = method("add", 1);
        var other = new OperationsByName("things", "command");
        other.add(new RaftMethod(
                add.name(),
                add.version(),
                add.kind(),
                new RaftMethod.Signature(add.method(), List.of(parameters), add.resultType()),
                add.freshness(),
                List.of()));
        return CallFormat.decode(call, other, json).arguments();
    }

    private RaftMethod method(String name, int version) {
        return commands.get(name, version);
    }
}
