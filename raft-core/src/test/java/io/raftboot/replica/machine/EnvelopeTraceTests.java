package io.raftboot.replica.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.ReplicaProto;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace of a caller as it stands in an entry. */
class EnvelopeTraceTests {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String GROUP = "default";

    private static Envelope.Builder envelope() {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup(GROUP)
                .setMachine("m")
                .setPayload(ByteString.copyFromUtf8("command"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "congo=t61,rojo=00f0"})
    void traceIsReadAsItWasWritten(String state) {
        var trace = new TraceContext(PARENT, state);
        assertThat(Envelopes.trace(Envelopes.bytes(trace))).isEqualTo(trace);
    }

    @Test
    void longestTraceHasItsRoom() {
        var trace = new TraceContext(PARENT, "s".repeat(TraceContext.MAX_STATE_LENGTH));
        assertThat(Envelopes.bytes(trace).size()).isEqualTo(Envelopes.MAX_TRACE_BYTES);
        assertThat(Envelopes.trace(Envelopes.bytes(trace))).isEqualTo(trace);
    }

    @Test
    void envelopeWithoutATraceHasNotOneByteMore() {
        assertThat(Envelopes.trace(ByteString.EMPTY)).isNull();
        assertThat(envelope().build())
                .isEqualTo(envelope().setTrace(ByteString.EMPTY).build());
    }

    /** A member that found such an entry unreadable, where others apply it, would have another state than they. */
    @Test
    void whatIsNoTraceMakesNoEntryUnreadable() {
        for (ByteString bytes : new ByteString[] {
            ByteString.copyFrom(new byte[] {(byte) 0xC3, 0x28, 0}),
            ByteString.copyFrom(new byte[Envelopes.MAX_TRACE_BYTES + 1]),
            ByteString.copyFromUtf8(PARENT + "\n" + "s".repeat(Envelopes.MAX_TRACE_BYTES))
        }) {
            var entry = Entry.newBuilder()
                    .setData(envelope().setTrace(bytes).build().toByteString())
                    .build();
            var read = Objects.requireNonNull(Envelopes.in(entry, GROUP));
            assertThat(Envelopes.trace(read.getTrace())).isNull();
            assertThat(read.getPayload().toStringUtf8()).isEqualTo("command");
        }
    }

    /** A release from before there were traces, made of the same description of the messages without the field. */
    @Test
    void olderReleaseReadsTheEntryAndPassesTheTraceOn() throws Exception {
        var file = ReplicaProto.getDescriptor().toProto().toBuilder();
        for (DescriptorProto.Builder message : file.getMessageTypeBuilderList()) {
            if (message.getName().equals("Envelope")) {
                int place = Envelope.getDescriptor().findFieldByName("trace").getIndex();
                message.removeField(place);
            }
        }
        var older = FileDescriptor.buildFrom(
                        file.build(),
                        ReplicaProto.getDescriptor().getDependencies().toArray(FileDescriptor[]::new))
                .findMessageTypeByName("Envelope");
        assertThat(older.findFieldByName("trace")).isNull();
        var trace = new TraceContext(PARENT, "congo=t61");
        var traced = envelope().setTrace(Envelopes.bytes(trace)).build();

        var read = DynamicMessage.parseFrom(older, traced.toByteString());
        assertThat(read.getField(older.findFieldByName("payload"))).isEqualTo(traced.getPayload());
        // As a leader of that release does, which sets the time and writes it into its log.
        var stamped = read.toBuilder()
                .setField(older.findFieldByName("agreed_time_millis"), 7L)
                .build();
        var newer = Envelope.parseFrom(stamped.toByteString());
        assertThat(newer.getAgreedTimeMillis()).isEqualTo(7);
        assertThat(Envelopes.trace(newer.getTrace())).isEqualTo(trace);
    }
}
