package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.DurableStateMachine;
import io.raftboot.replica.proto.KeyItem;
import io.raftboot.replica.proto.SequencedResult;
import io.raftboot.replica.proto.SessionItem;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has changed in a session table since it was last asked, as rows that a {@link DurableStateMachine} keeps with its
 * state: one for each session, result and idempotency key, so that a command costs a few small ones however many there are.
 */
final class SessionRows {
    private static final char SESSION = 's';
    private static final char RESULT = 'r';
    private static final char KEY = 'k';

    private final boolean kept;
    private Map<String, byte @Nullable []> changes = new LinkedHashMap<>();

    /** @param kept whether anybody asks for the changes */
    SessionRows(boolean kept) {
        this.kept = kept;
    }

    /** What a row says. */
    interface Reader {
        void session(SessionItem session);

        void result(long sessionId, SequencedResult result);

        void key(KeyItem key);
    }

    /** @throws IOException if no version that is known has written the row */
    static void read(String name, byte[] row, Reader reader) throws IOException {
        try {
            switch (name.charAt(0)) {
                case SESSION -> reader.session(SessionItem.parseFrom(row));
                case RESULT -> {
                    var session = SessionItem.parseFrom(row);
                    session.getResultsList().forEach(result -> reader.result(session.getId(), result));
                }
                case KEY -> reader.key(KeyItem.parseFrom(row));
                default -> throw unreadable(name, null);
            }
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(name, e);
        }
    }

    private static IOException unreadable(String name, @Nullable Exception cause) {
        return new IOException("the row '" + name + "' of the sessions can't be read", cause);
    }

    /** Opened, used, or its caller needs less. */
    void changed(KeptSession session) {
        if (kept) {
            changes.put(name(session.id()), session.toItemWithoutResults().toByteArray());
        }
    }

    void ended(KeptSession session) {
        if (kept) {
            changes.put(name(session.id()), null);
            session.forEachSequence(sequence -> changes.put(name(session.id(), sequence), null));
        }
    }

    void added(KeptSession session, long sequence, KeptResult result) {
        if (kept) {
            var item = SessionItem.newBuilder()
                    .setId(session.id())
                    .addResults(
                            SequencedResult.newBuilder().setSequence(sequence).setResult(result.toMessage()));
            changes.put(name(session.id(), sequence), item.build().toByteArray());
        }
    }

    void forgotten(KeptSession session, long sequence) {
        if (kept) {
            changes.put(name(session.id(), sequence), null);
        }
    }

    void added(KeyItem key) {
        if (kept) {
            changes.put(name(key.getKey()), key.toByteArray());
        }
    }

    void forgotten(ByteString key) {
        if (kept) {
            changes.put(name(key), null);
        }
    }

    /** Forgets the changes so far: the rows are about to be read again. */
    void clear() {
        changes.clear();
    }

    /** The changes so far, which are then as good as kept. */
    Map<String, byte @Nullable []> take() {
        var taken = changes;
        changes = new LinkedHashMap<>();
        return taken;
    }

    private static String name(long sessionId) {
        return SESSION + "/" + Long.toHexString(sessionId);
    }

    private static String name(long sessionId, long sequence) {
        return RESULT + "/" + Long.toHexString(sessionId) + "/" + Long.toHexString(sequence);
    }

    /** Keys may be long, their digests are not. */
    private static String name(ByteString key) {
        return KEY + "/" + HexFormat.of().formatHex(sha256(key).toByteArray());
    }

    /** A short name for long bytes. */
    static ByteString sha256(ByteString bytes) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            bytes.asReadOnlyByteBufferList().forEach(sha256::update);
            return ByteString.copyFrom(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
