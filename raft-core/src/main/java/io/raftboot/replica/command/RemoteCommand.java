package io.raftboot.replica.command;

import io.raftboot.api.RefusalReason;
import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.raft.RaftException;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.EnvelopeOrBuilder;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.SubmitResult;

/** A command that another member's replica sent to this one because this one leads. Owned by the raft stage. */
public final class RemoteCommand implements Command {
    private final Envelope envelope;
    private final RemoteBatch batch;
    private final int position;
    private final long term;
    private boolean done;

    /**
     * @param term in which the command may be appended, and in no other
     */
    RemoteCommand(Envelope envelope, long term, RemoteBatch batch, int position) {
        this.envelope = envelope;
        this.term = term;
        this.batch = batch;
        this.position = position;
    }

    @Override
    public Envelope.Builder envelope() {
        return envelope.toBuilder();
    }

    @Override
    public EnvelopeOrBuilder content() {
        return envelope;
    }

    long term() {
        return term;
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void appended(long term, long index) {
        answer(SubmitResult.newBuilder().setTerm(term).setIndex(index).build());
    }

    @Override
    public void dropped(RaftException reason) {
        refuse(
                reason instanceof ProposalDroppedException dropped
                        ? refusal(dropped.reason())
                        : Refusal.REFUSAL_NOT_LEADER);
    }

    @Override
    public void refuse(RefusalReason reason, String message) {
        answer(SubmitResult.newBuilder()
                .setRefusal(refusal(reason))
                .setMessage(message)
                .build());
    }

    private static Refusal refusal(RefusalReason reason) {
        return switch (reason) {
            case NO_SPACE -> Refusal.REFUSAL_NO_SPACE;
            case OVERLOADED -> Refusal.REFUSAL_OVERLOADED;
            case TOO_LARGE -> Refusal.REFUSAL_TOO_LARGE;
            case NOT_KNOWN_BY_ALL -> Refusal.REFUSAL_NOT_KNOWN_BY_ALL;
            case INVALID -> Refusal.REFUSAL_INVALID;
            default -> Refusal.REFUSAL_NOT_LEADER;
        };
    }

    private void refuse(Refusal refusal) {
        answer(SubmitResult.newBuilder().setRefusal(refusal).build());
    }

    private void answer(SubmitResult result) {
        if (!done) {
            done = true;
            batch.answer(position, result);
        }
    }

    private static Refusal refusal(ProposalDroppedException.Reason reason) {
        return switch (reason) {
            case UNCOMMITTED_LIMIT -> Refusal.REFUSAL_OVERLOADED;
            case TRANSFERRING -> Refusal.REFUSAL_TRANSFERRING;
            case NO_LEADER, NOT_IN_CONFIGURATION, FORWARDING_DISABLED -> Refusal.REFUSAL_NOT_LEADER;
        };
    }
}
