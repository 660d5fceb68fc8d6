package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.List;
import org.slf4j.Logger;

/** How a leader answers reads: at which index, and when it may be sure that it is still the leader. */
final class LeaderReads {
    private final Raft raft;
    private final RaftLog log;
    private final Replication replication;
    private final Logger logger;
    private final ReadOnly readOnly = new ReadOnly();

    LeaderReads(Raft raft, Replication replication) {
        this.raft = raft;
        this.log = raft.log();
        this.replication = replication;
        this.logger = raft.logger();
    }

    void handleReadIndex(Message request) {
        if (raft.tracker().isSingleton()) {
            respond(request, log.committedIndex());
        } else if (hasCommittedInItsTerm()) {
            start(request);
        } else {
            // What earlier leaders committed is not known for sure before an entry of this term is committed.
            raft.postponedReads().add(request);
        }
    }

    /** The commit index has moved: reads that came too early can be started. */
    void startPostponed() {
        List<Message> postponed = raft.postponedReads();
        if (postponed.isEmpty()) {
            return;
        }
        if (!hasCommittedInItsTerm()) {
            logger.error("pending MsgReadIndex should be released only after first commit in current term");
            return;
        }
        List<Message> requests = List.copyOf(postponed);
        postponed.clear();
        requests.forEach(this::start);
    }

    /** What heartbeats carry so that they confirm the reads that wait. */
    ByteString heartbeatContext() {
        return readOnly.heartbeatContext();
    }

    void handleHeartbeatResponse(Message response) {
        if (raft.config().readOnlyOption() != ReadOnlyOption.SAFE
                || response.getContext().isEmpty()) {
            return;
        }
        readOnly.acknowledge(response.getFrom(), response.getContext());
        List<ReadOnly.Request> confirmed =
                readOnly.takeConfirmed(raft.tracker().config().voters());
        for (ReadOnly.Request read : confirmed) {
            respond(read.message(), read.index());
        }
    }

    private void start(Message request) {
        switch (raft.config().readOnlyOption()) {
            case SAFE -> {
                readOnly.add(request, log.committedIndex());
                ByteString context = readOnly.heartbeatContext();
                readOnly.acknowledge(raft.id(), context);
                replication.broadcastHeartbeat(context);
            }
            case LEASE_BASED -> respond(request, log.committedIndex());
        }
    }

    private void respond(Message request, long index) {
        if (request.getFrom() == NodeIds.NONE || request.getFrom() == raft.id()) {
            raft.addReadState(new ReadState(index, request.getEntries(0).getData()));
        } else {
            raft.send(raft.message(MessageType.MSG_READ_INDEX_RESP, request.getFrom())
                    .setIndex(index)
                    .addAllEntries(request.getEntriesList()));
        }
    }

    private boolean hasCommittedInItsTerm() {
        return log.termOrZero(log.committedIndex()) == raft.term();
    }
}
