package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftboot.spring.proto.MethodCall;
import io.raftboot.spring.proto.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallsTests {
    private static final RaftParameter NAME = new RaftParameter("name", String.class);
    private static final RaftParameter COUNT = new RaftParameter("count", int.class);
    private static final RaftParameter TAGS = new RaftParameter("tags", List.class);

    private final RaftCodec json = new JsonRaftCodec();

    @RaftStateMachine
    static class Things {
        @RaftCommand
        void add(@Nullable String name, int count, @Nullable List<?> tags) {}

        @RaftCommand(value = "größe", version = 7)
        void size(Supplier<String> value) {}
    }

    @Test
    void callComesBackByTheNamesOfItsParameters() {
        var call = Calls.parse(add("größe", 3, List.of("a")));
        assertThat(call.getOperation()).isEqualTo("add");
        assertThat(call.getCommandVersion()).isEqualTo(1);
        assertThat(Calls.arguments(call, List.of(NAME, COUNT, TAGS), json)).containsExactly("größe", 3, List.of("a"));
        assertThat(Calls.arguments(call, List.of(TAGS, COUNT), json)).containsExactly(List.of("a"), 3);
    }

    @Test
    void whatNobodyTakesAnyMoreIsIgnoredAndWhatIsNewIsNull() {
        var call = Calls.parse(add("a", 3, null));
        var note = new RaftParameter("note", String.class);
        assertThat(Calls.arguments(call, List.of(note, COUNT), json)).containsExactly(null, 3);
        assertThat(Calls.arguments(call, List.of(), json)).isEmpty();
    }

    @Test
    void nullAndEmptyAreTwoThings() {
        assertThat(Calls.arguments(Calls.parse(add(null, 0, null)), List.of(NAME, TAGS), json))
                .containsExactly(null, null);
        assertThat(Calls.arguments(Calls.parse(add("", 0, List.of())), List.of(NAME, TAGS), json))
                .containsExactly("", List.of());
    }

    @Test
    void whatDoesNotBindIsRefusedByName() {
        var call = Calls.parse(add("many", 3, List.of()));
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> Calls.arguments(call, List.of(new RaftParameter("name", int.class)), json))
                .withMessageStartingWith("parameter 'name' of type int does not bind: ")
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("name"));
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> Calls.arguments(call, List.of(new RaftParameter("more", long.class)), json))
                .withMessage("parameter 'more' of type long does not bind: it must not be null");
    }

    /** It would stop all members. */
    @Test
    void whatCanBeWrittenAndNotBeReadIsRefusedBeforeItIsProposed() {
        var size = method("größe", 7);
        Supplier<String> supplier = () -> "x";
        assertThatExceptionOfType(RaftArgumentException.class)
                .isThrownBy(() -> Calls.encode(size, new Object[] {supplier}, json))
                .withMessageContaining("'value'");
    }

    @Test
    void argumentThatTakesMostIsNamed() {
        assertThat(Calls.largestArgument(add("a".repeat(100), 3, List.of("b")))).isEqualTo("name");
        assertThat(Calls.largestArgument(add("a", 3, List.of("b".repeat(100))))).isEqualTo("tags");
    }

    @Test
    void versionAndNameStandInTheCall() {
        var call = Calls.parse(withoutArguments("größe", 7));
        assertThat(call.getOperation()).isEqualTo("größe");
        assertThat(call.getCommandVersion()).isEqualTo(7);
    }

    @Test
    void everyShorterCallIsRefusedOrLacksItsLastArguments() {
        byte[] whole = add("abc", 3, List.of());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(Calls.parse(cut).getArgumentsCount()).isLessThan(3);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("not a call of an annotated method");
            }
        }
    }

    @Test
    void otherBytesAreRefused() {
        for (String other : List.of("", "{}", "{\"name\":\"a\"}", "\u0001\u0003add")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Calls.parse(other.getBytes(StandardCharsets.UTF_8)))
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
                .isThrownBy(() -> Calls.parse(newer))
                .withMessageContaining("format 2, which a newer version writes");
    }

    /** A call as another version of an application may have written it. */
    static byte[] withoutArguments(String operation, int version) {
        return MethodCall.newBuilder()
                .setFormatVersion(1)
                .setOperation(operation)
                .setCommandVersion(version)
                .build()
                .toByteArray();
    }

    private byte[] add(@Nullable String name, int count, @Nullable List<?> tags) {
        return Calls.encode(method("add", 1), new @Nullable Object[] {name, count, tags}, json);
    }

    private static RaftMethod method(String name, int version) {
        return Objects.requireNonNull(
                StateMachineInspector.inspect(Things.class).commands().get(name, version));
    }
}
