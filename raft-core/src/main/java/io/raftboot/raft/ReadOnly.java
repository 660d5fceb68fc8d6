package io.raftboot.raft;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.quorum.AckedIndexer;
import io.raftboot.raft.quorum.JointConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The reads of one leader that wait for a quorum to confirm that it leads (dissertation section 6.4, etcd-raft
 * {@code readOnly}). Reads are numbered in the order of their arrival; a heartbeat carries the number of the latest one,
 * and who answers it has confirmed all up to that one. So one round confirms however many reads there are, and a round
 * that gets lost is made up for by the next one. How far a quorum has got is the same question as how far it has got
 * with the log.
 */
final class ReadOnly implements AckedIndexer {
    /** A read, and the commit index at the time that it arrived: what it must see at least. */
    record Request(Message message, long index) {}

    private final Map<Long, Long> acknowledged = new HashMap<>();
    private List<Request> unconfirmed = new ArrayList<>();
    /** How many reads have been confirmed: the number of the last of them. */
    private long confirmedCount;

    void add(Message message, long commitIndex) {
        unconfirmed.add(new Request(message, commitIndex));
    }

    /** What a heartbeat has to carry so that its answer confirms all reads that wait; empty if none does. */
    ByteString heartbeatContext() {
        if (unconfirmed.isEmpty()) {
            return ByteString.EMPTY;
        }
        byte[] bytes = new byte[Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(confirmedCount + unconfirmed.size());
        return ByteString.copyFrom(bytes);
    }

    /** A member has answered a heartbeat. Answers may come late and out of order. */
    void acknowledge(long from, ByteString context) {
        if (context.size() == Long.BYTES) {
            long number = context.asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            acknowledged.merge(from, number, Math::max);
        }
    }

    @Override
    public long ackedIndex(long id) {
        return acknowledged.getOrDefault(id, UNKNOWN);
    }

    /** Takes out the reads that a quorum has confirmed by now, in the order of their arrival. */
    List<Request> takeConfirmed(JointConfig voters) {
        long newCount = Math.min(voters.committedIndex(this), confirmedCount + unconfirmed.size());
        if (newCount <= confirmedCount) {
            return List.of();
        }
        int taken = (int) (newCount - confirmedCount);
        List<Request> confirmed = unconfirmed.subList(0, taken);
        unconfirmed = new ArrayList<>(unconfirmed.subList(taken, unconfirmed.size()));
        confirmedCount = newCount;
        return confirmed;
    }
}
