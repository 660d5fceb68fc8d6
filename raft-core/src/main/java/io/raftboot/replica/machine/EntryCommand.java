package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The command of an entry, with what stands about it in its {@link Envelope}. Made by {@link EnvelopeReader}, and never changed behind
 * that. Its payload refers to the entry's bytes: who keeps anything of it beyond the command makes a copy.
 */
public final class EntryCommand {
    // What a reader of protocol buffers finds in front of each field: its number and how its value is written.
    private static final int FORMAT_VERSION = 1 << 3;
    private static final int GROUP = 2 << 3 | 2;
    private static final int MACHINE = 3 << 3 | 2;
    private static final int COMMAND_VERSION = 4 << 3;
    private static final int ASKED_MEMBER = 5 << 3;
    private static final int ASKED_RUN = 6 << 3 | 1;
    private static final int ASKED_COUNTER = 7 << 3 | 1;
    private static final int SESSION_ID = 8 << 3 | 1;
    private static final int SESSION_SEQUENCE = 9 << 3;
    private static final int SESSION_LOWEST_UNANSWERED = 10 << 3;
    private static final int AGREED_TIME_MILLIS = 11 << 3;
    private static final int PAYLOAD = 12 << 3 | 2;
    private static final int IDEMPOTENCY_KEY = 13 << 3 | 2;
    private static final int TRACE = 15 << 3 | 2;

    private int formatVersion;
    private boolean ofGroup;
    private String machine = "";
    private int commandVersion;
    private long askedMember;
    private long askedRun;
    private long askedCounter;
    private long sessionId;
    private long sessionSequence;
    private long sessionLowestUnanswered;
    private long agreedTimeMillis;
    private ByteString payload = ByteString.EMPTY;
    private @Nullable IdempotencyKey idempotencyKey;
    private @Nullable OpenSession openSession;
    private ByteString trace = ByteString.EMPTY;

    private EntryCommand() {}

    /** The same, of an envelope that was read as a message. */
    public static EntryCommand of(Envelope envelope) {
        var command = new EntryCommand();
        command.machine = envelope.getMachine();
        command.commandVersion = envelope.getCommandVersion();
        command.askedMember = envelope.getAskedMember();
        command.askedRun = envelope.getAskedRun();
        command.askedCounter = envelope.getAskedCounter();
        command.sessionId = envelope.getSessionId();
        command.sessionSequence = envelope.getSessionSequence();
        command.sessionLowestUnanswered = envelope.getSessionLowestUnanswered();
        command.agreedTimeMillis = envelope.getAgreedTimeMillis();
        command.payload = envelope.getPayload();
        command.idempotencyKey = envelope.hasIdempotencyKey() ? envelope.getIdempotencyKey() : null;
        command.openSession = envelope.hasOpenSession() ? envelope.getOpenSession() : null;
        command.trace = envelope.getTrace();
        return command;
    }

    /**
     * Reads an envelope of today's format in place.
     *
     * @return null if it is of another format or group, for a machine without a name here, or has what a command of a running
     *     group seldom has; nothing is said of it then
     * @throws IOException as for null
     */
    static @Nullable EntryCommand read(CodedInputStream in, EnvelopeReader.Names names) throws IOException {
        var command = new EntryCommand();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!command.readField(tag, in, names)) {
                return null;
            }
        }
        return command.ofGroup && command.formatVersion == Envelopes.FORMAT_VERSION ? command : null;
    }

    private boolean readField(int tag, CodedInputStream in, EnvelopeReader.Names names) throws IOException {
        switch (tag) {
            case FORMAT_VERSION -> formatVersion = in.readUInt32();
            case GROUP -> {
                ofGroup = names.isGroup(in.readBytes());
                return ofGroup;
            }
            case MACHINE -> {
                var name = names.machine(in.readBytes());
                machine = name == null ? "" : name;
                return name != null;
            }
            case COMMAND_VERSION -> commandVersion = in.readUInt32();
            case ASKED_MEMBER -> askedMember = in.readUInt64();
            case ASKED_RUN -> askedRun = in.readFixed64();
            case ASKED_COUNTER -> askedCounter = in.readFixed64();
            case SESSION_ID -> sessionId = in.readFixed64();
            case SESSION_SEQUENCE -> sessionSequence = in.readUInt64();
            case SESSION_LOWEST_UNANSWERED -> sessionLowestUnanswered = in.readUInt64();
            case AGREED_TIME_MILLIS -> agreedTimeMillis = in.readUInt64();
            case PAYLOAD -> payload = in.readBytes();
            case TRACE -> trace = in.readBytes();
            default -> {
                return tag == IDEMPOTENCY_KEY && readKey(in);
            }
        }
        return true;
    }

    /** One that comes twice would be the two merged. */
    private boolean readKey(CodedInputStream in) throws IOException {
        if (idempotencyKey != null) {
            return false;
        }
        idempotencyKey = in.readMessage(IdempotencyKey.parser(), ExtensionRegistryLite.getEmptyRegistry());
        return true;
    }

    public String machine() {
        return machine;
    }

    public int commandVersion() {
        return commandVersion;
    }

    public long askedMember() {
        return askedMember;
    }

    public long askedRun() {
        return askedRun;
    }

    public long askedCounter() {
        return askedCounter;
    }

    /** 0 where the command belongs to no session. */
    public long sessionId() {
        return sessionId;
    }

    public long sessionSequence() {
        return sessionSequence;
    }

    public long sessionLowestUnanswered() {
        return sessionLowestUnanswered;
    }

    public long agreedTimeMillis() {
        return agreedTimeMillis;
    }

    public ByteString payload() {
        return payload;
    }

    public @Nullable IdempotencyKey idempotencyKey() {
        return idempotencyKey;
    }

    /** The session that it opens; there is no payload then. */
    public @Nullable OpenSession openSession() {
        return openSession;
    }

    public ByteString trace() {
        return trace;
    }
}
