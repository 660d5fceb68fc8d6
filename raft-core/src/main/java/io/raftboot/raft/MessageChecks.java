package io.raftboot.raft;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;

/**
 * Looks at what a message says before anything of the node depends on it (etcd-raft {@code logSlice.valid}, and what that
 * library leaves to a panic in the middle of a step). What passes may still be late, of no use, or a lie; but it can't
 * make the log something that is no log, nor take the node down half-way.
 */
final class MessageChecks {
    private MessageChecks() {}

    /**
     * No term and no index gets as far as this by counting, and behind it there is room to go on counting. Greater ones
     * would sooner or later be negative, and come before all others.
     */
    static final long MAX_NUMBER = Long.MAX_VALUE / 2;

    /** The first snapshot of a group is of this term, before anybody has had a term. */
    private static final long FIRST_TERM = 1;

    /**
     * @param term the node's, in which it takes a message that has none
     * @throws StepInvalidMessageException if no member would send it
     */
    static void check(Message message, long term) throws StepInvalidMessageException {
        checkNumber("term", message.getTerm());
        checkNumber("log term", message.getLogTerm());
        checkNumber("index", message.getIndex());
        checkNumber("commit", message.getCommit());
        checkNumber("reject hint", message.getRejectHint());
        long senderTerm = message.getTerm() == 0 ? Math.max(term, FIRST_TERM) : message.getTerm();
        switch (message.getType()) {
            case MSG_APP -> checkAppend(message, senderTerm);
            case MSG_PROP -> checkProposal(message);
            case MSG_READ_INDEX ->
                require(message.getEntriesCount() == 1, "a read has one entry, which is its context");
            case MSG_SNAP -> checkSnapshot(message.getSnapshot(), senderTerm);
            default -> {
                // There is nothing else in the others.
            }
        }
    }

    /**
     * What a leader or a follower says of the other's log can't be more than is there. An append may: its entries may be on
     * their way, and it is committed no further than they reach. And what is for the leader alone comes to nobody else who knows the
     * leader of its term, nor does a read have a term before the leader has seen it: passed on, either would be a broken invariant.
     * Nobody speaks as the leader of a term that has another one.
     *
     * @throws StepInvalidMessageException if no member would send it to this node
     */
    static void checkAgainstLog(Message message, Raft raft) throws StepInvalidMessageException {
        if (message.getTerm() != 0 && message.getTerm() < raft.term()) {
            return; // It is of no effect, but its sender may have to be told so.
        }
        switch (message.getType()) {
            case MSG_READ_INDEX ->
                require(message.getTerm() == 0, "a read that has a term before it came to the leader");
            case MSG_TRANSFER_LEADER -> {
                boolean led = message.getTerm() == raft.term() && raft.leaderId() != NodeIds.NONE;
                require(
                        !led || raft.leaderId() == raft.id() || message.getTerm() == 0,
                        "a request to hand the leadership over, which is node " + raft.leaderId() + "'s");
            }
            case MSG_APP, MSG_SNAP -> checkLeads(message, raft);
            case MSG_HEARTBEAT -> {
                checkLeads(message, raft);
                checkWithin("commit", message.getCommit(), raft);
            }
            case MSG_APP_RESP -> {
                boolean acknowledges = !message.getReject() && message.getTerm() == raft.term();
                if (acknowledges && raft.role().kind() == RaftRole.LEADER) {
                    checkWithin("acknowledged index", message.getIndex(), raft);
                }
            }
            default -> {
                // The others say nothing of this node's log.
            }
        }
    }

    /** A term has one leader: a log that two of them write to in one term is none, and nobody would find out by its terms. */
    private static void checkLeads(Message message, Raft raft) throws StepInvalidMessageException {
        long leaderId = raft.leaderId();
        require(
                message.getTerm() != raft.term() || leaderId == NodeIds.NONE || leaderId == message.getFrom(),
                "what the leader of a term says, and of term " + raft.term() + " that is node " + leaderId);
    }

    private static void checkWithin(String what, long index, Raft raft) throws StepInvalidMessageException {
        long lastIndex = raft.log().lastIndex();
        if (index > lastIndex) {
            throw new StepInvalidMessageException(
                    what + " " + index + " is beyond the end of this node's log, " + lastIndex);
        }
    }

    private static void checkNumber(String what, long number) throws StepInvalidMessageException {
        if (number < 0 || number > MAX_NUMBER) {
            throw new StepInvalidMessageException(what + " " + Long.toUnsignedString(number) + " is out of range");
        }
    }

    /** The entries continue the log behind the one named, and their terms never go back. */
    private static void checkAppend(Message message, long senderTerm) throws StepInvalidMessageException {
        long index = message.getIndex();
        long term = message.getLogTerm();
        List<Entry> entries = message.getEntriesList();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.getIndex() != index + 1 || entry.getTerm() < term) {
                throw new StepInvalidMessageException(
                        "entry " + text(entry.getTerm(), entry.getIndex()) + " does not follow " + text(term, index));
            }
            index = entry.getIndex();
            term = entry.getTerm();
        }
        if (term > senderTerm) {
            throw new StepInvalidMessageException("entry " + text(term, index) + " is of a later term than its leader");
        }
    }

    private static void checkProposal(Message message) throws StepInvalidMessageException {
        require(message.getEntriesCount() > 0, "a proposal without entries");
        for (Entry entry : message.getEntriesList()) {
            if (entry.getType() != EntryType.ENTRY_NORMAL) {
                try {
                    ConfChangeGate.parse(entry);
                } catch (IllegalArgumentException e) {
                    throw new StepInvalidMessageException(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /** One that says nothing is of no use, but no danger either. */
    private static void checkSnapshot(Snapshot snapshot, long senderTerm) throws StepInvalidMessageException {
        long index = snapshot.getMetadata().getIndex();
        long term = snapshot.getMetadata().getTerm();
        checkNumber("snapshot index", index);
        checkNumber("snapshot term", term);
        if (index == 0) {
            return;
        }
        require(term > 0 && term <= senderTerm, "snapshot of a term that its leader can't have had");
        // It is put into force after the log has been replaced: too late to find out that it can't be.
        String objection = Membership.objection(snapshot.getMetadata().getConfState());
        if (objection != null) {
            throw new StepInvalidMessageException("snapshot with a configuration that can't be: " + objection);
        }
    }

    private static String text(long term, long index) {
        return term + "/" + index;
    }

    private static void require(boolean condition, String reason) throws StepInvalidMessageException {
        if (!condition) {
            throw new StepInvalidMessageException(reason);
        }
    }
}
