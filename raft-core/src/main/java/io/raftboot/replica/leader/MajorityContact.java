package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.duty.VotersInForce;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * When each of the others was last heard of as somebody who takes this member for the leader of a term, by the clock and on
 * the thread that receives. So whether a leader still has a majority may be asked of the clock at any time, and the answer
 * does not become wrong because the stage that would have to change it hangs. Any thread.
 */
public final class MajorityContact {
    private final long nodeId;
    private final Clock clock;
    private final long timeoutNanos;
    private final VotersInForce voters;
    private final Map<Long, Word> words = new ConcurrentHashMap<>();

    /** The highest term in which another member has spoken as its leader. */
    private final AtomicLong otherLeadersTerm = new AtomicLong();

    private record Word(long term, long nanos) {}

    /**
     * @param timeoutNanos an election timeout
     * @param voters in force, a moment old
     */
    public MajorityContact(long nodeId, Clock clock, long timeoutNanos, VotersInForce voters) {
        this.nodeId = nodeId;
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        this.voters = voters;
    }

    /** A message that this member listens to has just arrived. */
    public void heard(long from, Message message) {
        switch (message.getType()) {
            case MSG_APP_RESP, MSG_HEARTBEAT_RESP -> heard(from, message.getTerm());
            case MSG_VOTE_RESP -> {
                if (!message.getReject()) {
                    heard(from, message.getTerm());
                }
            }
            case MSG_APP, MSG_HEARTBEAT, MSG_SNAP -> otherLeadersTerm.accumulateAndGet(message.getTerm(), Math::max);
            default -> {
                // Says nothing of who leads.
            }
        }
    }

    /**
     * Whether a leader of this term has heard of a majority within an election timeout, of both halves if the
     * configuration is joint. One that decides alone need hear of nobody.
     */
    public boolean isMajorityBehind(long term) {
        long now = clock.nanoTime();
        LongPredicate heard = id -> {
            if (id == nodeId) {
                return true;
            }
            var word = words.get(id);
            return word != null && word.term() == term && now - word.nanos() <= timeoutNanos;
        };
        return otherLeadersTerm.get() <= term && voters.voters().majority(heard);
    }

    /** When a member has last spoken as one that takes this one for its leader, by the clock; null if it never has. */
    public @Nullable Long heardNanos(long id) {
        var word = words.get(id);
        return word == null ? null : word.nanos();
    }

    private void heard(long from, long term) {
        words.put(from, new Word(term, clock.nanoTime()));
    }
}
