package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The data of a committed entry. */
public final class EnvelopeTarget implements FuzzTarget {
    private static final String GROUP = "default";
    private static final EnvelopeReader READER = new EnvelopeReader(GROUP, List.of("orders", ""));

    /** Each input is read in both ways. */
    private static final int OBJECTS_TO_BYTES = 2 * 80;

    private static final int FIXED_BYTES = 2 * 16 * 1024;

    @Override
    public String name() {
        return "envelope";
    }

    @Override
    public List<byte[]> seeds() {
        var command = Envelope.newBuilder()
                .setFormatVersion(1)
                .setGroup(GROUP)
                .setMachine("orders")
                .setAskedMember(2)
                .setAskedRun(77)
                .setAskedCounter(5)
                .setSessionId(40)
                .setSessionSequence(4)
                .setSessionLowestUnanswered(3)
                .setAgreedTimeMillis(1_700_000_000_000L)
                .setPayload(ByteString.copyFromUtf8("a command"));
        return List.of(
                command.build().toByteArray(),
                command.clone()
                        .clearPayload()
                        .setOpenSession(
                                OpenSession.newBuilder().setTimeoutMillis(1000).setMaxSessions(5))
                        .build()
                        .toByteArray(),
                command.clone()
                        .setIdempotencyKey(IdempotencyKey.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key"))
                                .setRetentionMillis(9)
                                .setMaxKeys(3)
                                .setMaxBytes(100))
                        .build()
                        .toByteArray());
    }

    @Override
    public @Nullable Object decode(byte[] input) {
        var entry = Entry.newBuilder().setData(ByteString.copyFrom(input)).build();
        var envelope = Envelopes.in(entry, GROUP);
        EnvelopeReaderTests.assertSame(READER.in(entry), envelope);
        return envelope;
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof UnknownCommandException;
    }

    @Override
    public void check(Object decoded) {
        var envelope = (Envelope) decoded;
        if (!envelope.equals(decode(envelope.toByteArray()))) {
            throw new IllegalStateException("the envelope comes back as another: " + envelope);
        }
    }

    @Override
    public String describe(Object decoded) {
        long fields = 0;
        for (var field : ((Envelope) decoded).getAllFields().keySet()) {
            fields |= 1L << field.getNumber();
        }
        return Long.toString(fields);
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
