package io.raftboot.replica;

import com.google.protobuf.ByteString;
import io.raftboot.replica.proto.CommandResult;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.KeyItem;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.proto.SessionsItem;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What makes a state machine apply each command at most once (dissertation section 6.3): the results of the commands that
 * may be sent again, by session and sequence or by idempotency key. Part of the replicated state: kept where the state of
 * the machine is, in snapshots with it, and changed by entries alone, their agreed time included, so that all members
 * refuse, answer and forget alike. Owned by the apply stage.
 */
final class SessionTable {
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final TreeMap<ByteString, KeyItem> keys = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final PriorityQueue<Expiry> expiries = new PriorityQueue<>();
    private long keyBytes;

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
    Outcome open(OpenSession request, long index, long nowMillis) {
        expire(nowMillis);
        if (sessions.size() >= request.getMaxSessions()) {
            return new Outcome.Refused(
                    RefusalReason.SESSIONS_EXHAUSTED,
                    "there are " + sessions.size() + " sessions already; they end after some time without a command");
        }
        add(new Session(index, request.getTimeoutMillis(), nowMillis));
        return new Outcome.Applied(new byte[0], index);
    }

    /**
     * What is known of a command before it is applied.
     *
     * @return null if it is to be applied, and {@link #record} then called; else what its caller is told instead
     */
    @Nullable
    Outcome known(Envelope envelope, long nowMillis) {
        if (envelope.getSessionId() != 0) {
            expire(nowMillis);
            return knownInSession(envelope, nowMillis);
        }
        if (envelope.hasIdempotencyKey()) {
            expire(nowMillis);
            return knownByKey(envelope.getIdempotencyKey(), envelope.getPayload());
        }
        return null;
    }

    /** A command that was not known has been applied. */
    void record(Envelope envelope, Outcome outcome, long nowMillis) {
        if (envelope.getSessionId() != 0) {
            var session = sessions.get(envelope.getSessionId());
            if (session != null) {
                session.record(envelope.getSessionSequence(), CommandResults.of(outcome));
            }
        } else if (envelope.hasIdempotencyKey()) {
            var key = envelope.getIdempotencyKey();
            add(KeyItem.newBuilder()
                    .setKey(key.getKey())
                    .setDigest(digest(envelope.getPayload()))
                    .setExpiresAtMillis(nowMillis + key.getRetentionMillis())
                    .setResult(CommandResults.of(outcome))
                    .build());
        }
    }

    /** The table as it is now, to be written elsewhere while it goes on changing. */
    SnapshotWriter capture() {
        List<SessionsItem> items = new ArrayList<>(sessions.size() + keys.size());
        sessions.values()
                .forEach(session -> items.add(
                        SessionsItem.newBuilder().setSession(session.toItem()).build()));
        keys.values()
                .forEach(key -> items.add(SessionsItem.newBuilder().setKey(key).build()));
        return out -> {
            for (SessionsItem item : items) {
                item.writeDelimitedTo(out);
            }
        };
    }

    /** @throws IOException if it is not what {@link #capture} wrote; the table is then as good as none */
    void restore(InputStream section) throws IOException {
        clear();
        for (var item = SessionsItem.parseDelimitedFrom(section);
                item != null;
                item = SessionsItem.parseDelimitedFrom(section)) {
            switch (item.getItemCase()) {
                case SESSION -> add(new Session(item.getSession()));
                case KEY -> add(item.getKey());
                case ITEM_NOT_SET ->
                    throw new UnknownCommandException(
                            "the snapshot holds sessions of a newer version of the replica; update this member");
            }
        }
    }

    /** As for a machine that is new. */
    void clear() {
        sessions.clear();
        keys.clear();
        expiries.clear();
        keyBytes = 0;
    }

    boolean isEmpty() {
        return sessions.isEmpty() && keys.isEmpty();
    }

    int sessionCount() {
        return sessions.size();
    }

    int keyCount() {
        return keys.size();
    }

    private @Nullable Outcome knownInSession(Envelope envelope, long nowMillis) {
        var session = sessions.get(envelope.getSessionId());
        if (session == null) {
            return new Outcome.Refused(
                    RefusalReason.SESSION_EXPIRED, "the session of the member that asked is unknown or has ended");
        }
        session.touch(nowMillis);
        session.forgetBelow(envelope.getSessionLowestUnanswered());
        if (session.isAnswered(envelope.getSessionSequence())) {
            return new Outcome.Refused(
                    RefusalReason.SESSION_EXPIRED, "the command was answered before, and its result is forgotten");
        }
        return answer(session.result(envelope.getSessionSequence()));
    }

    private @Nullable Outcome knownByKey(IdempotencyKey key, ByteString payload) {
        var known = keys.get(key.getKey());
        if (known != null) {
            return known.getDigest().equals(digest(payload))
                    ? answer(known.getResult())
                    : new Outcome.Refused(
                            RefusalReason.KEY_REUSED,
                            "the idempotency key was used before, for a command with another content");
        }
        if (keys.size() >= key.getMaxKeys() || keyBytes >= key.getMaxBytes()) {
            return new Outcome.Refused(
                    RefusalReason.KEYS_EXHAUSTED,
                    keys.size() + " idempotency keys with " + keyBytes
                            + " bytes are kept already; they are forgotten when their time is up");
        }
        return null;
    }

    private static @Nullable Outcome answer(@Nullable CommandResult result) {
        return result == null ? null : CommandResults.outcome(result);
    }

    private void add(Session session) {
        sessions.put(session.id(), session);
        expiries.add(new Expiry(session.expiresAtMillis(), session.id(), null));
    }

    private void add(KeyItem key) {
        keys.put(key.getKey(), key);
        keyBytes += key.getSerializedSize();
        expiries.add(new Expiry(key.getExpiresAtMillis(), 0, key.getKey()));
    }

    /** Forgets what has ended by that time. In the order of time alone: what ends at one time ends together. */
    private void expire(long nowMillis) {
        for (var next = expiries.peek(); next != null && next.atMillis() <= nowMillis; next = expiries.peek()) {
            expiries.remove();
            var key = next.key();
            if (key != null) {
                var forgotten = keys.remove(key);
                keyBytes -= forgotten == null ? 0 : forgotten.getSerializedSize();
            } else {
                expire(sessions.get(next.sessionId()), nowMillis);
            }
        }
    }

    private void expire(@Nullable Session session, long nowMillis) {
        if (session == null) {
            return;
        }
        if (session.expiresAtMillis() <= nowMillis) {
            sessions.remove(session.id());
        } else {
            expiries.add(new Expiry(session.expiresAtMillis(), session.id(), null));
        }
    }

    private static ByteString digest(ByteString payload) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            payload.asReadOnlyByteBufferList().forEach(sha256::update);
            return ByteString.copyFrom(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
