package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.replica.proto.CommandResult;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.proto.SequencedResult;
import io.raftboot.replica.proto.SessionItem;
import io.raftboot.replica.proto.SessionsItem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** The sessions of a state machine in a snapshot. */
public final class SessionsTarget implements FuzzTarget {
    /** A field that is there twice is merged each time, with objects of its own. */
    private static final int OBJECTS_TO_BYTES = 1024;

    private static final int FIXED_BYTES = 64 * 1024;

    @SuppressWarnings("ArrayRecordComponent") // looked at once, never compared
    private record Read(SessionTable table, byte[] input) {}

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
                    EntryCommand.of(command),
                    sequence == 2
                            ? new Outcome.Failed("Error", "because", 10 + sequence, null)
                            : new Outcome.Applied(new byte[] {1, 2, 3}, 10 + sequence),
                    6);
        }
        table.record(
                EntryCommand.of(Envelope.newBuilder()
                        .setIdempotencyKey(IdempotencyKey.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key"))
                                .setRetentionMillis(500))
                        .build()),
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
    public Read decode(byte[] input) throws IOException {
        return new Read(read(input), input);
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof IOException || thrown instanceof UnknownCommandException;
    }

    /** What is written of a table is the same for equal ones, so that its bytes are compared; and all that was read is in it. */
    @Override
    public void check(Object decoded) throws IOException {
        var read = (Read) decoded;
        byte[] once = written(read.table());
        if (!Arrays.equals(once, written(read(once)))) {
            throw new IllegalStateException("the table comes back as another");
        }
        var captured = read.table().capture("").items();
        if (!captured.equals(items(read.input()))) {
            throw new IllegalStateException("what was read is not in the table: " + captured);
        }
    }

    /** As the table is to be: of two with one name the last, all in order. */
    private static List<SessionsItem> items(byte[] input) throws IOException {
        var sessions = new TreeMap<Long, SessionsItem>();
        var keys = new TreeMap<ByteString, SessionsItem>(ByteString.unsignedLexicographicalComparator());
        var in = new ByteArrayInputStream(input);
        for (var item = SessionsItem.parseDelimitedFrom(in); item != null; item = SessionsItem.parseDelimitedFrom(in)) {
            if (item.hasSession()) {
                sessions.put(item.getSession().getId(), session(item.getSession()));
            } else {
                keys.put(
                        item.getKey().getKey(),
                        SessionsItem.newBuilder().setKey(item.getKey()).build());
            }
        }
        var all = new ArrayList<>(sessions.values());
        all.addAll(keys.values());
        return all;
    }

    private static SessionsItem session(SessionItem read) {
        var results = new TreeMap<Long, SequencedResult>();
        // Nobody can ask for one below, and none is ever written.
        read.getResultsList().stream()
                .filter(result -> result.getSequence() >= read.getLowestUnanswered())
                .forEach(result -> results.put(
                        result.getSequence(),
                        SequencedResult.newBuilder()
                                .setSequence(result.getSequence())
                                .setResult(result(result.getResult()))
                                .build()));
        return SessionsItem.newBuilder()
                .setSession(SessionItem.newBuilder()
                        .setId(read.getId())
                        .setTimeoutMillis(read.getTimeoutMillis())
                        .setExpiresAtMillis(read.getExpiresAtMillis())
                        .setLowestUnanswered(read.getLowestUnanswered())
                        .addAllResults(results.values()))
                .build();
    }

    /** A result that says nothing is an empty one. */
    private static CommandResult result(CommandResult read) {
        var result = CommandResult.newBuilder().setIndex(read.getIndex());
        return read.hasFailure()
                ? result.setFailure(read.getFailure()).build()
                : result.setValue(read.getValue()).build();
    }

    @Override
    public String describe(Object decoded) {
        var size = ((Read) decoded).table().size();
        return Math.min(size.sessions(), 5) + " sessions, " + Math.min(size.keys(), 5) + " keys";
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * inputBytes;
    }
}
