package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.Map;

/** Counts what happens to logs. */
final class LogTally implements Observer {
    private final Sometimes.Counts counts;
    private final Map<Long, CoreState> states = new HashMap<>();
    private final Map<Long, ForcedLog> disks = new HashMap<>();
    private final Map<Long, Long> leaders = new HashMap<>();

    LogTally(Sometimes.Counts counts) {
        this.counts = counts;
    }

    @Override
    public void begunAnew(long member, ForcedLog disk) {
        if (disks.put(member, disk) != null) {
            counts.count(Sometimes.DIRECTORY_BEGUN_ANEW);
        }
    }

    @Override
    public void crashed(long member, End end) {
        states.remove(member);
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getReject() && message.getType() == MessageType.MSG_APP_RESP) {
            counts.count(Sometimes.APPEND_REFUSED);
        }
    }

    @Override
    public void received(long member, Message message) {
        var state = states.get(member);
        if (state == null || message.getTerm() >= state.term()) {
            return;
        }
        switch (message.getType()) {
            case MSG_APP -> counts.count(Sometimes.APPEND_OF_OLDER_TERM_CAME);
            case MSG_APP_RESP -> counts.count(Sometimes.ACKNOWLEDGEMENT_OF_OLDER_TERM_CAME);
            default -> {
                // What else comes late is of no interest here.
            }
        }
    }

    @Override
    public void logCut(long member, long index, long endedAt, long endedTerm) {
        counts.count(
                leaders.getOrDefault(endedTerm, 0L) == member
                        ? Sometimes.FORMER_LEADER_CUT_ITS_LOG
                        : Sometimes.FOLLOWER_CUT_ITS_LOG);
    }

    @Override
    public void changed(long member, CoreState before, CoreState now, LogView log) {
        states.put(member, now);
        if (!now.leads()) {
            return;
        }
        leaders.put(now.term(), member);
        boolean elected = !before.leads() || before.term() != now.term();
        if (elected && now.commit() < now.lastIndex() - 1) {
            counts.count(Sometimes.LEADER_ELECTED_WITH_UNCOMMITTED);
        }
        if (now.quorumIndex() > now.commit()
                && log.term(now.quorumIndex()) < now.term()
                && (now.quorumIndex() != before.quorumIndex() || elected)) {
            counts.count(Sometimes.EARLIER_TERM_NOT_COMMITTED_BY_COUNT);
        }
        var disk = disks.get(member);
        if (now.commit() > before.commit() && disk != null && disk.lastIndex() < now.commit()) {
            counts.count(Sometimes.COMMITTED_WITHOUT_LEADERS_DISK);
        }
    }
}
