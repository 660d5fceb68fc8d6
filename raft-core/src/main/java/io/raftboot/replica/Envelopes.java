package io.raftboot.replica;

import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.proto.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What commands are put into, as it stands in the entries of the log. */
final class Envelopes {
    /** What an envelope of this version of the replica is marked with, and the newest it reads. */
    static final int FORMAT_VERSION = 1;

    private Envelopes() {}

    /**
     * The envelope of an entry that is not empty. Its payload refers to the entry's bytes: who keeps anything of it beyond the
     * command makes a copy.
     *
     * @throws UncheckedIOException    if there is none in it
     * @throws UnknownCommandException if it is of a newer format
     */
    static Envelope in(Entry entry) {
        Envelope envelope;
        try {
            var in = entry.getData().newCodedInput();
            in.enableAliasing(true);
            envelope = Envelope.parseFrom(in);
            in.checkLastTagWas(0);
        } catch (IOException e) {
            throw new UncheckedIOException("entry " + entry.getIndex() + " holds no command", e);
        }
        if (envelope.getFormatVersion() > FORMAT_VERSION) {
            throw new UnknownCommandException("entry " + entry.getIndex() + " has envelope format "
                    + envelope.getFormatVersion() + ", this member reads up to " + FORMAT_VERSION
                    + "; update this member");
        }
        return envelope;
    }
}
