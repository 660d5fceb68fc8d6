package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What commands are put into, as it stands in the entries of the log. */
public final class Envelopes {
    /** What an envelope of this version of the replica is marked with, and the newest it reads. */
    public static final int FORMAT_VERSION = 1;

    private static final char TRACE_SEPARATOR = '\n';

    /** The longest trace that an envelope may have. */
    public static final int MAX_TRACE_BYTES = TraceContext.PARENT_LENGTH + 1 + TraceContext.MAX_STATE_LENGTH;

    private Envelopes() {}

    /**
     * The envelope of an entry that is not empty. Its payload refers to the entry's bytes: who keeps anything of it beyond the
     * command makes a copy.
     *
     * @param group whose log it is
     * @return null if there is none in it that any version of any member would read
     * @throws UnknownCommandException if it is of a newer format, which a newer member reads
     */
    public static @Nullable Envelope in(Entry entry, String group) {
        Envelope envelope;
        try {
            var in = entry.getData().newCodedInput();
            in.enableAliasing(true);
            envelope = Envelope.parseFrom(in);
            in.checkLastTagWas(0);
        } catch (InvalidProtocolBufferException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail to be read", e);
        }
        // What is no envelope may look like one by chance, but not like one of this group.
        if (envelope.getFormatVersion() == 0 || !envelope.getGroup().equals(group)) {
            return null;
        }
        if (Integer.compareUnsigned(envelope.getFormatVersion(), FORMAT_VERSION) > 0) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " has envelope format "
                    + Integer.toUnsignedString(envelope.getFormatVersion()) + ", this member reads up to "
                    + FORMAT_VERSION + "; update this member");
        }
        return envelope;
    }

    /** A trace as it stands in an envelope. */
    public static ByteString bytes(TraceContext trace) {
        return ByteString.copyFromUtf8(
                trace.tracestate().isEmpty()
                        ? trace.traceparent()
                        : trace.traceparent() + TRACE_SEPARATOR + trace.tracestate());
    }

    /** The trace that the command of an envelope was called in; null if there is none, or none that can be read. */
    public static @Nullable TraceContext trace(ByteString bytes) {
        if (bytes.isEmpty() || bytes.size() > MAX_TRACE_BYTES) {
            return null;
        }
        String text = bytes.toStringUtf8();
        int end = text.indexOf(TRACE_SEPARATOR);
        return end < 0
                ? TraceContext.sampled(text, null)
                : TraceContext.sampled(text.substring(0, end), text.substring(end + 1));
    }
}
