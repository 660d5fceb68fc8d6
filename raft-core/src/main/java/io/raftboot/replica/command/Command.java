package io.raftboot.replica.command;

import io.raftboot.api.RefusalReason;
import io.raftboot.raft.ProposalListener;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.EnvelopeOrBuilder;

/**
 * A command on its way into the log, of a caller of this member or of another member. Belongs to the raft stage from
 * when it is submitted until it is appended or given back.
 */
public sealed interface Command extends ProposalListener permits LocalCommand, RemoteCommand {
    /** The command but for the time stamp, which whoever proposes it sets. */
    Envelope.Builder envelope();

    /** What there is of it so far, to look at. */
    EnvelopeOrBuilder content();

    /** Whether nobody waits for it any more. */
    boolean isDone();

    /** Certainly not appended. */
    void refuse(RefusalReason reason, String message);
}
