package io.raftboot.proof;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Counts what happens when the members of a group change. */
final class MemberTally implements Observer {
    private final Sometimes.Counts counts;
    private final Map<Long, ConfState> members = new HashMap<>();
    private final Map<Long, CoreState> states = new HashMap<>();
    private final Map<Long, LogView> logs = new HashMap<>();
    private final Map<Long, Set<Long>> changesOnDisk = new HashMap<>();
    private ConfState newest = ConfState.getDefaultInstance();
    private long newestIndex;

    MemberTally(Sometimes.Counts counts) {
        this.counts = counts;
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        changesOnDisk.put(member, new HashSet<>());
    }

    @Override
    public void entryForced(long member, long index, long term, long previousTerm, long hash, boolean changesMembers) {
        if (changesMembers) {
            changesOnDisk.computeIfAbsent(member, id -> new HashSet<>()).add(index);
        }
    }

    @Override
    public void logCut(long member, long index, long endedAt, long endedTerm) {
        if (changesOnDisk.computeIfAbsent(member, id -> new HashSet<>()).removeIf(change -> change > index)) {
            counts.count(Sometimes.MEMBER_CHANGE_CUT);
        }
    }

    @Override
    public void configured(long member, long index, ConfState state) {
        var before = members.put(member, state);
        var log = logs.get(member);
        // Its log begins there.
        if (before != null && log != null && log.term(index - 1) == LogView.UNKNOWN) {
            counts.count(Sometimes.MEMBERS_CAME_BY_SNAPSHOT);
        }
        if (index > newestIndex) {
            // A snapshot brings the same once more, as of a later index.
            if (newestIndex > 0 && !state.equals(newest)) {
                changed(newest, state);
            }
            newestIndex = index;
            newest = state;
        }
    }

    private void changed(ConfState before, ConfState now) {
        counts.count(Sometimes.MEMBERS_CHANGED);
        if (before.getVotersOutgoingCount() == 0 && now.getVotersOutgoingCount() > 0) {
            counts.count(Sometimes.JOINT_ENTERED);
        } else if (before.getVotersOutgoingCount() > 0 && now.getVotersOutgoingCount() == 0) {
            counts.count(Sometimes.JOINT_LEFT);
        }
        for (long id : now.getLearnersList()) {
            if (before.getVotersList().contains(id)
                    || before.getVotersOutgoingList().contains(id)) {
                counts.count(Sometimes.VOTER_DEMOTED);
            } else if (!before.getLearnersList().contains(id)) {
                counts.count(Sometimes.LEARNER_ADDED);
            }
        }
        for (long id : now.getVotersList()) {
            if (before.getLearnersList().contains(id)) {
                counts.count(Sometimes.LEARNER_PROMOTED);
            }
        }
        for (long id : before.getVotersList()) {
            if (!now.getVotersList().contains(id)
                    && !now.getLearnersList().contains(id)
                    && !now.getLearnersNextList().contains(id)) {
                counts.count(Sometimes.MEMBER_REMOVED);
            }
        }
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
        logs.put(member, log);
        boolean votes = newest.getVotersList().contains(member);
        if (before.leads() && !now.leads() && now.term() == before.term() && !votes && newestIndex > 0) {
            counts.count(Sometimes.LEADER_REMOVED_ITSELF);
        }
    }

    @Override
    public void crashed(long member, End end) {
        var own = members.remove(member);
        var state = states.remove(member);
        logs.remove(member);
        if (own != null && own.getVotersOutgoingCount() > 0) {
            counts.count(Sometimes.JOINT_CROSSED_BY_CRASH);
            if (state != null && state.leads()) {
                counts.count(Sometimes.LEADER_CRASHED_WHILE_JOINT);
            }
        }
    }

    @Override
    public void sent(long member, Message message) {
        var type = message.getType();
        if (type == MessageType.MSG_VOTE_RESP && !message.getReject()) {
            var own = members.get(member);
            if (own != null && own.getLearnersList().contains(member)) {
                counts.count(Sometimes.LEARNER_VOTED_BEFORE_IT_KNEW);
            }
        } else if ((type == MessageType.MSG_PRE_VOTE || type == MessageType.MSG_VOTE)
                && newestIndex > 0
                && !newest.getVotersList().contains(member)
                && !newest.getVotersOutgoingList().contains(member)) {
            counts.count(Sometimes.REMOVED_MEMBER_CAMPAIGNED);
        }
    }
}
