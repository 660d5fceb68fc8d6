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

    private final RawNode rawNode;
    private final long maxBytes;
    private final List<Entry> entries = new ArrayList<>();
    private final List<ProposalListener> listeners = new ArrayList<>();
    private long bytes;

    ProposalBatch(RawNode rawNode) {
        this.rawNode = rawNode;
        this.maxBytes = EntrySizes.signed(rawNode.raft().config().maxSizePerMessageBytes());
    }

    /** Adds a proposal, after making those that wait already if it would be too much with them. */
    void add(Entry entry, ProposalListener listener) {
        int size = entry.getData().size();
        if (entries.size() == MAX_PROPOSALS || (!entries.isEmpty() && bytes + size > maxBytes)) {
            propose();
        }
        entries.add(entry);
        listeners.add(listener);
        bytes += size;
    }

    /** Makes the proposals that wait, in the order in which they came. */
    void propose() {
        if (entries.isEmpty()) {
            return;
        }
        // Taken out first: a listener may be the one that makes the next proposals.
        List<Entry> proposed = List.copyOf(entries);
        List<ProposalListener> waiting = List.copyOf(listeners);
        entries.clear();
        listeners.clear();
        bytes = 0;
        propose(proposed, waiting);
    }

    private void propose(List<Entry> proposed, List<ProposalListener> waiting) {
        boolean leads = rawNode.raft().role().kind() == RaftRole.LEADER;
        try {
            rawNode.propose(proposed);
        } catch (ProposalDroppedException e) {
            if (e.reason() == Reason.UNCOMMITTED_LIMIT && proposed.size() > 1) {
                proposeOneByOne(proposed, waiting);
            } else {
                waiting.forEach(listener -> listener.dropped(e));
            }
            return;
        }
        long term = leads ? rawNode.raft().term() : 0;
        long firstIndex = rawNode.raft().log().lastIndex() - proposed.size() + 1;
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).appended(term, leads ? firstIndex + i : 0);
        }
    }

    /** Together they are too much, some of them may not be. */
    private void proposeOneByOne(List<Entry> proposed, List<ProposalListener> waiting) {
        for (int i = 0; i < proposed.size(); i++) {
            propose(proposed.subList(i, i + 1), waiting.subList(i, i + 1));
        }
    }
}
