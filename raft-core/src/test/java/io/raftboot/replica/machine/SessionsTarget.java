package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** The sessions of a state machine in a snapshot. */
public final class SessionsTarget implements FuzzTarget {
    /** A result takes two bytes at least, and has its place in a table. */
    private static final int OBJECTS_TO_BYTES = 512;

    private static final int FIXED_BYTES = 64 * 1024;

    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public List<byte[]> seeds() throws Exception {
        var table = new SessionTable(new SessionRows(false));
        for (long id = 1; id <= 2; id++) {
            var request = OpenSession.newBuilder()
                    .setMaxSessions(9)
                    .setTimeoutMillis(1000)
                    .build();
            var unused = table.open(request, id, 5);
        }
        for (long sequence = 1; sequence <= 3; sequence++) {
            var command = Envelope.newBuilder()
                    .setSessionId(1)
                    .setSessionSequence(sequence)
                    .build();
            table.record(
                    command,
                    sequence == 2
                            ? new Outcome.Failed("Error", "because", 10 + sequence, null)
                            : new Outcome.Applied(new byte[] {1, 2, 3}, 10 + sequence),
                    6);
        }
        table.record(
                Envelope.newBuilder()
                        .setIdempotencyKey(IdempotencyKey.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key"))
                                .setRetentionMillis(500))
                        .build(),
                new Outcome.Applied(new byte[0], 20),
                7);
        return List.of(written(table), new byte[0]);
    }

    private static byte[] written(SessionTable table) throws IOException {
        var out = new ByteArrayOutputStream();
        table.capture().writeTo(out);
        return out.toByteArray();
    }

    private static SessionTable read(byte[] input) throws IOException {
        var table = new SessionTable(new SessionRows(false));
        table.restore(new ByteArrayInputStream(input));
        return table;
    }

    @Override
    public SessionTable decode(byte[] input) throws IOException {
        return read(input);
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof IOException || thrown instanceof UnknownCommandException;
    }

    /** What is written of a table is the same for equal ones, so that its bytes are compared. */
    @Override
    public void check(Object decoded) throws IOException {
        byte[] once = written((SessionTable) decoded);
        if (!Objects.deepEquals(once, written(read(once)))) {
            throw new IllegalStateException("the table comes back as another");
        }
    }

    @Override
    public String describe(Object decoded) {
        var size = ((SessionTable) decoded).size();
        return Math.min(size.sessions(), 5) + " sessions, " + Math.min(size.keys(), 5) + " keys";
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
