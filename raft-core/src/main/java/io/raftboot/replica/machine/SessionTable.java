package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.replica.config.MemoryBudget;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.KeyItem;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.proto.SequencedResult;
import io.raftboot.replica.proto.SessionItem;
import io.raftboot.replica.proto.SessionsItem;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What makes a state machine apply each command at most once (dissertation section 6.3): the results of the commands that
 * may be sent again, by session and sequence or by idempotency key. Part of the replicated state: kept where the state of
 * the machine is, in snapshots with it, and changed by entries alone, their agreed time included, so that all members
 * refuse, answer and forget alike. Owned by the apply stage.
 */
public final class SessionTable {
    /** What a key takes in the heap beside its bytes: its objects, its place in the table and in the order of time. */
    public static final int KEY_OVERHEAD_BYTES = 256;

    private final Sessions sessions = new Sessions();
    private final TreeMap<ByteString, KeyItem> keys = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>();
    private final SessionRows rows;
    private long keyBytes;

    /** What is in the table, for others to read. */
    private volatile Size size = Size.NONE;

    /**
     * How much a table holds.
     *
     * @param keyBytes of keys and their results, and what comes with each
     */
    public record Size(int sessions, int keys, long keyBytes) {
        static final Size NONE = new Size(0, 0, 0);
    }

    /** @param rows told of each change, for a machine that keeps them with its state */
    SessionTable(SessionRows rows) {
        this.rows = rows;
    }

    /** Something to be looked at when its time has come; it may have been put off since. */
    private record Expiry(long atMillis, long sessionId, @Nullable ByteString key) implements Comparable<Expiry> {
        private static final Comparator<Expiry> ORDER = Comparator.comparingLong(Expiry::atMillis);

        @Override
        public int compareTo(Expiry other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Opens the session that an entry asks for.
     *
     * @param index of the entry, which becomes the session's id
     */
    public Outcome open(OpenSession request, long index, long nowMillis) {
        expire(nowMillis);
        if (sessions.size() >= request.getMaxSessions()) {
            return new Outcome.Refused(
                    RefusalReason.SESSIONS_EXHAUSTED,
                    "the state machine has " + sessions.size()
                            + " sessions already, as many as raft.session.max-sessions"
                            + " allows (" + request.getMaxSessions()
                            + "); each start of a member opens one, and it ends when no command has come for"
                            + " raft.session.timeout. Raise the one, or lower the other");
        }
        var session = new KeptSession(index, request.getTimeoutMillis(), nowMillis);
        add(session);
        rows.changed(session);
        publishSize();
        return new Outcome.Applied(new byte[0], index);
    }

    /**
     * What is known of a command before it is applied.
     *
     * @return null if it is to be applied, and {@link #record} then called; else what its caller is told instead
     */
    @Nullable
    public Outcome known(EntryCommand envelope, long nowMillis) {
        if (envelope.sessionId() != 0) {
            expire(nowMillis);
            return knownInSession(envelope, nowMillis);
        }
        var key = envelope.idempotencyKey();
        if (key == null) {
            return null;
        }
        expire(nowMillis);
        return knownByKey(key, envelope.payload());
    }

    /** A command that was not known has been applied. */
    public void record(EntryCommand envelope, Outcome outcome, long nowMillis) {
        var key = envelope.idempotencyKey();
        if (envelope.sessionId() != 0) {
            var session = sessions.get(envelope.sessionId());
            if (session != null) {
                var result = KeptResult.of(outcome);
                session.record(envelope.sessionSequence(), result);
                rows.added(session, envelope.sessionSequence(), result);
            }
        } else if (key != null) {
            var item = KeyItem.newBuilder()
                    // A copy: it would keep the whole command alive.
                    .setKey(ByteString.copyFrom(key.getKey().toByteArray()))
                    .setDigest(SessionRows.sha256(envelope.payload()))
                    .setExpiresAtMillis(nowMillis + key.getRetentionMillis())
                    .setResult(KeptResult.of(outcome).toMessage())
                    .build();
            add(item);
            rows.added(item);
            publishSize();
        }
    }

    /**
     * The result of a command that was applied, if it is kept; changes nothing.
     *
     * @param index of its entry
     */
    @Nullable
    public Outcome recall(EntryCommand envelope, long index) {
        if (envelope.openSession() != null) {
            return sessions.get(index) != null ? new Outcome.Applied(new byte[0], index) : null;
        }
        var session = sessions.get(envelope.sessionId());
        if (session != null) {
            return answer(session.result(envelope.sessionSequence()));
        }
        var asked = envelope.idempotencyKey();
        var key = asked == null ? null : keys.get(asked.getKey());
        return key == null || !key.getDigest().equals(SessionRows.sha256(envelope.payload()))
                ? null
                : KeptResult.of(key.getResult()).outcome();
    }

    /** The table as it is now, to be written elsewhere while it goes on changing. */
    public CapturedSessions capture(String machine) {
        List<SessionsItem> items = new ArrayList<>(sessions.size() + keys.size());
        sessions.forEach(session ->
                items.add(SessionsItem.newBuilder().setSession(session.toItem()).build()));
        keys.values()
                .forEach(key -> items.add(SessionsItem.newBuilder().setKey(key).build()));
        return new CapturedSessions(machine, items);
    }

    /** As {@link #capture(String)}, of a machine without a name. */
    public SnapshotWriter capture() {
        return capture("");
    }

    /**
     * Replaces the table by a section of a snapshot.
     *
     * @throws IOException if it is not what {@link #capture} wrote; the table is then as good as none
     */
    public void restore(InputStream section) throws IOException {
        clear();
        for (var item = SessionsItem.parseDelimitedFrom(section);
                item != null;
                item = SessionsItem.parseDelimitedFrom(section)) {
            switch (item.getItemCase()) {
                case SESSION -> add(new KeptSession(item.getSession()));
                case KEY -> add(item.getKey());
                case ITEM_NOT_SET ->
                    throw new UnknownCommandException(
                            "the snapshot holds sessions of a newer version of the replica; update this member");
            }
        }
        publishSize();
    }

    /**
     * The table as its rows say, which are those of all changes so far.
     *
     * @throws IOException if one can't be read; the table is then as good as none
     */
    void load(Map<String, byte[]> storedRows) throws IOException {
        clear();
        var loading = new SessionRows.Reader() {
            private final List<Map.Entry<Long, SequencedResult>> results = new ArrayList<>();

            @Override
            public void session(SessionItem session) {
                add(new KeptSession(session));
            }

            @Override
            public void result(long sessionId, SequencedResult result) {
                results.add(Map.entry(sessionId, result));
            }

            @Override
            public void key(KeyItem key) {
                add(key);
            }
        };
        for (var row : storedRows.entrySet()) {
            SessionRows.read(row.getKey(), row.getValue(), loading);
        }
        for (var result : loading.results) {
            var session = sessions.get(result.getKey());
            if (session == null) {
                throw new IOException("there are results of the session " + result.getKey() + ", but not the session");
            }
            session.record(
                    result.getValue().getSequence(),
                    KeptResult.of(result.getValue().getResult()));
        }
        publishSize();
    }

    /** What changed since the last call, or the last {@link #load}. */
    Map<String, byte @Nullable []> takeChanges() {
        return rows.take();
    }

    /** Ends the sessions that were opened by entries behind this index: in another log these are others. */
    void endBehind(long index) {
        sessions.removeBehind(index, rows::ended);
    }

    /** As for a machine that is new. What had changed and was not kept is forgotten with it. */
    public void clear() {
        rows.clear();
        sessions.clear();
        keys.clear();
        expiries.clear();
        keyBytes = 0;
        publishSize();
    }

    public boolean isEmpty() {
        return sessions.isEmpty() && keys.isEmpty();
    }

    /** Any thread: how much the table holds; what has ended is forgotten with the next command that would have to know. */
    public Size size() {
        return size;
    }

    private void publishSize() {
        size = new Size(sessions.size(), keys.size(), keyBytes);
    }

    int sessionCount() {
        return sessions.size();
    }

    int keyCount() {
        return keys.size();
    }

    private @Nullable Outcome knownInSession(EntryCommand envelope, long nowMillis) {
        var session = sessions.get(envelope.sessionId());
        if (session == null) {
            return new Outcome.Refused(
                    RefusalReason.SESSION_EXPIRED, "the session of the member that asked is unknown or has ended");
        }
        session.touch(nowMillis);
        session.forgetBelow(envelope.sessionLowestUnanswered(), sequence -> rows.forgotten(session, sequence));
        rows.changed(session);
        if (session.isAnswered(envelope.sessionSequence())) {
            return new Outcome.Refused(
                    RefusalReason.SESSION_EXPIRED, "the command was answered before, and its result is forgotten");
        }
        return answer(session.result(envelope.sessionSequence()));
    }

    private @Nullable Outcome knownByKey(IdempotencyKey key, ByteString payload) {
        var known = keys.get(key.getKey());
        if (known != null) {
            return known.getDigest().equals(SessionRows.sha256(payload))
                    ? KeptResult.of(known.getResult()).outcome()
                    : new Outcome.Refused(
                            RefusalReason.KEY_REUSED,
                            "the idempotency key was used before, for a command with another content");
        }
        if (keys.size() >= key.getMaxKeys() || keyBytes >= key.getMaxBytes()) {
            return new Outcome.Refused(RefusalReason.KEYS_EXHAUSTED, exhausted(key));
        }
        return null;
    }

    private String exhausted(IdempotencyKey key) {
        boolean byNumber = keys.size() >= key.getMaxKeys();
        return "the state machine keeps " + keys.size() + " idempotency keys with "
                + MemoryBudget.text(keyBytes) + " already, as many as "
                + (byNumber
                        ? "raft.session.max-keys allows (" + key.getMaxKeys() + ")"
                        : "raft.session.max-key-size allows (" + MemoryBudget.text(key.getMaxBytes()) + ")")
                + "; each is kept for raft.session.key-retention. Raise "
                + (byNumber ? "raft.session.max-keys" : "raft.session.max-key-size")
                + ", keep keys for a shorter time, or try again later";
    }

    private static @Nullable Outcome answer(@Nullable KeptResult result) {
        return result == null ? null : result.outcome();
    }

    private void add(KeptSession session) {
        sessions.add(session);
        expiries.add(new Expiry(session.expiresAtMillis(), session.id(), null));
    }

    private void add(KeyItem key) {
        keys.put(key.getKey(), key);
        keyBytes += sizeBytes(key);
        expiries.add(new Expiry(key.getExpiresAtMillis(), 0, key.getKey()));
    }

    private static long sizeBytes(KeyItem key) {
        return (long) key.getSerializedSize() + KEY_OVERHEAD_BYTES;
    }

    /** Forgets what has ended by that time. In the order of time alone: what ends at one time ends together. */
    private void expire(long nowMillis) {
        for (var next = expiries.peek(); next != null && next.atMillis() <= nowMillis; next = expiries.peek()) {
            expiries.remove();
            var key = next.key();
            if (key != null) {
                var forgotten = keys.remove(key);
                rows.forgotten(key);
                keyBytes -= forgotten == null ? 0 : sizeBytes(forgotten);
            } else {
                expire(sessions.get(next.sessionId()), nowMillis);
            }
            publishSize();
        }
    }

    private void expire(@Nullable KeptSession session, long nowMillis) {
        if (session == null) {
            return;
        }
        if (session.expiresAtMillis() <= nowMillis) {
            sessions.remove(session.id());
            rows.ended(session);
        } else {
            expiries.add(new Expiry(session.expiresAtMillis(), session.id(), null));
        }
    }
}
