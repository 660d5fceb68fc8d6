package io.raftboot.raft;

import io.raftboot.proof.CoreState;
import io.raftboot.proof.LogView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A look into the core of a running member, on the thread that drives it. Changes nothing there. */
public final class CoreView implements LogView {
    private static final VarHandle RAW_NODE;

    private final Raft raft;

    static {
        try {
            RAW_NODE = MethodHandles.privateLookupIn(Node.class, MethodHandles.lookup())
                    .findVarHandle(Node.class, "rawNode", RawNode.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public CoreView(Node node) {
        this.raft = ((RawNode) RAW_NODE.get(node)).raft();
    }

    /** What the core has come to: the same object if that is what it was before. */
    public CoreState state(CoreState before) {
        var log = raft.log();
        var role = raft.role().kind();
        long quorumIndex = role == RaftRole.LEADER ? raft.tracker().committedIndex() : 0;
        boolean same = before.term() == raft.term()
                && before.vote() == raft.voteId()
                && before.leader() == raft.leaderId()
                && before.role() == role
                && before.commit() == log.committedIndex()
                && before.applied() == log.appliedIndex()
                && before.lastIndex() == log.lastIndex()
                && before.quorumIndex() == quorumIndex
                && before.transfereeId() == raft.leadTransfereeId()
                && before.postponedReads() == raft.postponedReads().size();
        return same
                ? before
                : new CoreState(
                        raft.term(),
                        raft.voteId(),
                        raft.leaderId(),
                        role,
                        log.committedIndex(),
                        log.appliedIndex(),
                        log.lastIndex(),
                        quorumIndex,
                        raft.leadTransfereeId(),
                        raft.postponedReads().size());
    }

    public AppliedConfiguration configuration() {
        return raft.membership().applied();
    }

    @Override
    public long lastIndex() {
        return raft.log().lastIndex();
    }

    @Override
    public long term(long index) {
        return raft.log().term(index);
    }
}
