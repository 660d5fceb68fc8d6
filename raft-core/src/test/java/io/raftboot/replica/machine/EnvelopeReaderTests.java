package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read in place is what a message would have been read from the same bytes, whatever they are. */
class EnvelopeReaderTests {
    private static final String GROUP = "default";
    private static final EnvelopeReader READER = new EnvelopeReader(GROUP, List.of("orders", "", "stock"));

    static void assertSame(@Nullable EntryCommand command, @Nullable Envelope envelope) {
        if (envelope == null) {
            assertThat(command).isNull();
            return;
        }
        var read = Objects.requireNonNull(command);
        assertThat(fields(read)).isEqualTo(fields(EntryCommand.of(envelope)));
    }

    private static List<Object> fields(EntryCommand command) {
        return List.of(
                command.machine(),
                command.commandVersion(),
                command.askedMember(),
                command.askedRun(),
                command.askedCounter(),
                command.sessionId(),
                command.sessionSequence(),
                command.sessionLowestUnanswered(),
                command.agreedTimeMillis(),
                command.payload(),
                Optional.ofNullable(command.idempotencyKey()),
                Optional.ofNullable(command.openSession()),
                command.trace());
    }

    private static Envelope.Builder envelope() {
        return Envelope.newBuilder()
                .setFormatVersion(1)
                .setGroup(GROUP)
                .setMachine("orders")
                .setAskedMember(-2)
                .setAskedRun(-77)
                .setAskedCounter(5)
                .setSessionId(40)
                .setSessionSequence(-4)
                .setSessionLowestUnanswered(3)
                .setAgreedTimeMillis(1_700_000_000_000L)
                .setPayload(ByteString.copyFromUtf8("a command"));
    }

    private static IdempotencyKey.Builder key(String name) {
        return IdempotencyKey.newBuilder()
                .setKey(ByteString.copyFromUtf8(name))
                .setRetentionMillis(9)
                .setMaxKeys(3)
                .setMaxBytes(100);
    }

    private static Entry entry(ByteString data) {
        return Entry.newBuilder().setIndex(7).setData(data).build();
    }

    private static void assertReadAlike(ByteString data) {
        assertSame(READER.in(entry(data)), Envelopes.in(entry(data), GROUP));
    }

    private static List<Envelope> examples() {
        return List.of(
                envelope().build(),
                envelope().setMachine("").build(),
                envelope().setMachine("nobody's").build(),
                envelope().setCommandVersion(-1).build(),
                envelope().setTrace(ByteString.copyFromUtf8("a trace")).build(),
                envelope().clearSessionId().setIdempotencyKey(key("k")).build(),
                envelope()
                        .clearPayload()
                        .setOpenSession(OpenSession.newBuilder().setTimeoutMillis(1))
                        .build(),
                envelope().setGroup("another").build(),
                Envelope.newBuilder().setFormatVersion(1).setGroup(GROUP).build(),
                Envelope.newBuilder().setGroup(GROUP).build());
    }

    @Test
    void eachKindOfEnvelopeIsReadAsAMessageIs() {
        examples().forEach(envelope -> assertReadAlike(envelope.toByteString()));
    }

    @Test
    void fieldsThatComeTwiceAreReadAsInAMessage() {
        for (var first : examples()) {
            for (var second : examples()) {
                assertReadAlike(first.toByteString().concat(second.toByteString()));
            }
        }
        var keys =
                envelope().setIdempotencyKey(key("one").clearMaxKeys()).build().toByteString();
        assertReadAlike(keys.concat(Envelope.newBuilder()
                .setIdempotencyKey(IdempotencyKey.newBuilder().setMaxKeys(8))
                .build()
                .toByteString()));
    }

    @Test
    void bytesThatWereChangedAreReadAsAMessageIs() {
        var random = new Random(5);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            var examples = examples();
            byte[] bytes = examples.get(random.nextInt(examples.size())).toByteArray();
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            var data =
                    ByteString.copyFrom(bytes, 0, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
            try {
                assertReadAlike(data);
                read += READER.in(entry(data)) == null ? 0 : 1;
            } catch (UnknownCommandException e) {
                assertThatThrownBy(() -> Envelopes.in(entry(data), GROUP)).isInstanceOf(UnknownCommandException.class);
                assertThatThrownBy(() -> READER.in(entry(data))).hasMessage(e.getMessage());
            }
        }
        assertThat(read).isBetween(1_000, 19_000);
    }

    @Test
    void namesAreNotMadeAnew() {
        var name = new String("orders".toCharArray());
        var reader = new EnvelopeReader(GROUP, List.of(name));
        var commands = Stream.of(envelope(), envelope().setIdempotencyKey(key("k")))
                .map(envelope ->
                        Objects.requireNonNull(reader.in(entry(envelope.build().toByteString()))));
        assertThat(commands).allSatisfy(command -> assertThat(command.machine()).isSameAs(name));
    }

    @Test
    void newerFormatIsRefused() {
        var newer = entry(envelope().setFormatVersion(2).build().toByteString());
        assertThatThrownBy(() -> READER.in(newer)).isInstanceOf(UnknownCommandException.class);
    }
}
