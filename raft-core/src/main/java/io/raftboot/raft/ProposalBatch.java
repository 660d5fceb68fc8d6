package io.raftboot.raft;

import io.raftboot.raft.ProposalDroppedException.Reason;
import io.raftboot.raft.proto.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Proposals that wait to be made together: one step, one append to the log, one message to each follower, however many
 * there are. This is what throughput comes from. For the driver of a {@link Node} only.
 */
final class ProposalBatch {
    /** Limit on the proposals in one step. */
    static final int MAX_PROPOSALS = 1024;

    /** No node leads in it. */
    static final long ANY_TERM = 0;

    private final RawNode rawNode;
    private final long maxBytes;
    private List<Proposal> waiting = new ArrayList<>();
    private long bytes;

    /** @param term the one in which it may be appended; {@link #ANY_TERM} for whichever it is */
    private record Proposal(Entry entry, long term, ProposalListener listener) {}

    ProposalBatch(RawNode rawNode) {
        this.rawNode = rawNode;
        this.maxBytes = EntrySizes.signed(rawNode.raft().config().maxSizePerMessageBytes());
    }

    /** Adds a proposal, after making those that wait already if it would be too much with them. */
    void add(Entry entry, long term, ProposalListener listener) {
        int size = entry.getData().size();
        if (waiting.size() == MAX_PROPOSALS || (!waiting.isEmpty() && bytes + size > maxBytes)) {
            propose();
        }
        waiting.add(new Proposal(entry, term, listener));
        bytes += size;
    }

    /** Makes the proposals that wait, in the order in which they came. */
    void propose() {
        if (waiting.isEmpty()) {
            return;
        }
        // Taken out first: a listener may be the one that makes the next proposals.
        List<Proposal> proposed = waiting;
        waiting = new ArrayList<>();
        bytes = 0;
        dropThoseOfOtherTerms(proposed);
        if (!proposed.isEmpty()) {
            propose(proposed);
        }
    }

    /** The term may have changed since they were put into the mailbox, and with messages that overtook them there. */
    private void dropThoseOfOtherTerms(List<Proposal> proposed) {
        long term = rawNode.raft().term();
        proposed.removeIf(proposal -> {
            boolean other = proposal.term() != ANY_TERM && proposal.term() != term;
            if (other) {
                proposal.listener().dropped(new ProposalDroppedException(Reason.NO_LEADER));
            }
            return other;
        });
    }

    private void propose(List<Proposal> proposed) {
        boolean leads = rawNode.raft().role().kind() == RaftRole.LEADER;
        try {
            List<Entry> entries = new ArrayList<>(proposed.size());
            proposed.forEach(proposal -> entries.add(proposal.entry()));
            rawNode.propose(entries);
        } catch (ProposalDroppedException e) {
            if (e.reason() == Reason.UNCOMMITTED_LIMIT && proposed.size() > 1) {
                proposeOneByOne(proposed);
            } else {
                proposed.forEach(proposal -> proposal.listener().dropped(e));
            }
            return;
        }
        long term = leads ? rawNode.raft().term() : 0;
        long firstIndex = rawNode.raft().log().lastIndex() - proposed.size() + 1;
        for (int i = 0; i < proposed.size(); i++) {
            proposed.get(i).listener().appended(term, leads ? firstIndex + i : 0);
        }
    }

    /** Together they are too much, some of them may not be. */
    private void proposeOneByOne(List<Proposal> proposed) {
        for (int i = 0; i < proposed.size(); i++) {
            propose(proposed.subList(i, i + 1));
        }
    }
}
