package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import java.util.HashMap;
import java.util.Map;

/**
 * S7: what a member sends as a promise is on its disk by then: term and vote with votes and requests for them, the term with what a
 * leader sends, and the log up to the index with each acknowledgement.
 */
final class NothingUnforcedIsSent extends Invariant {
    private final Map<Long, ForcedLog> disks = new HashMap<>();

    /** The logs of cores, which acknowledgements are about. */
    private final Map<Long, LogView> logs = new HashMap<>();

    private final Map<Long, CoreState> states = new HashMap<>();

    NothingUnforcedIsSent(Violations violations) {
        super(violations);
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        disks.put(member, disk);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        logs.put(member, log);
        states.put(member, now);
    }

    @Override
    public void crashed(long member, End end) {
        logs.remove(member);
        states.remove(member);
    }

    @Override
    public void sent(long member, Message message) {
        var disk = disks.get(member);
        if (disk == null || message.getFrom() != member) {
            return;
        }
        switch (message.getType()) {
            case MSG_VOTE -> voted(member, message, member, disk);
            case MSG_VOTE_RESP -> {
                if (message.getReject()) {
                    inTerm(member, message, disk);
                } else {
                    voted(member, message, message.getTo(), disk);
                }
            }
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> inTerm(member, message, disk);
            case MSG_APP_RESP -> {
                inTerm(member, message, disk);
                if (!message.getReject()) {
                    acknowledged(member, message, disk);
                }
            }
            default -> {
                // Pre-votes and answers to heartbeats promise nothing that has to survive.
            }
        }
    }

    private void inTerm(long member, Message message, ForcedLog disk) {
        check(
                disk.promise().term() >= message.getTerm(),
                member,
                "it sent " + message.getType() + " of term " + message.getTerm() + ", and its disk has "
                        + disk.promise());
    }

    private void voted(long member, Message message, long candidate, ForcedLog disk) {
        var promise = disk.promise();
        // A later term on disk, for nobody, keeps the vote of an earlier one from being given again.
        boolean kept = promise.term() > message.getTerm()
                || (promise.term() == message.getTerm() && promise.vote() == candidate);
        check(
                kept,
                member,
                "it sent " + message.getType() + " of term " + message.getTerm() + " for " + candidate
                        + ", and its disk has " + promise);
    }

    private void acknowledged(long member, Message message, ForcedLog disk) {
        long index = message.getIndex();
        // An acknowledgement may leave with the write of what a later leader has put in the place of the entry. That is
        // no promise
        // that is not kept: had the entry been committed, the later leader would have it.
        if (index <= disk.snapshotIndex() || disk.promise().term() > message.getTerm()) {
            return;
        }
        check(
                disk.lastIndex() >= index,
                member,
                "it acknowledged entry " + index + ", and the log on its disk ends at " + disk.lastIndex());
        var leader = states.get(message.getTo());
        var log = logs.get(message.getTo());
        if (log != null && leader != null && leader.leads() && leader.term() == message.getTerm()) {
            long term = log.term(index);
            check(
                    term == LogView.UNKNOWN || term == disk.term(index) || disk.lastIndex() < index,
                    member,
                    "it acknowledged entry " + index + " to the leader of term " + message.getTerm()
                            + ", who has one of term " + term + " there, and its disk one of term " + disk.term(index));
        }
    }
}
