package io.raftboot.replica.divergence;

import io.raftboot.api.Divergence;
import io.raftboot.api.Divergence.What;
import io.raftboot.replica.proto.ResultsAnswer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A difference that was found and is not told yet: what the others say of it, and which command it began with, is still to come.
 * Owned by the raft stage.
 */
final class Suspicion {
    final String machine;
    final What what;
    final long peerId;
    final long agreedIndex;
    final long index;
    final long sinceNanos;

    private ResultLog.@Nullable Slice own;
    private @Nullable ResultsAnswer peers;

    Suspicion(String machine, What what, long peerId, long agreedIndex, long index, long sinceNanos) {
        this.machine = machine;
        this.what = what;
        this.peerId = peerId;
        this.agreedIndex = agreedIndex;
        this.index = index;
        this.sinceNanos = sinceNanos;
    }

    void ownResults(ResultLog.Slice slice) {
        own = slice;
    }

    /** @param answer the default one if the other member can't tell, or is not asked */
    void peerAnswered(ResultsAnswer answer) {
        peers = answer;
    }

    /** Whether nothing more can come to be known of the command. */
    boolean isExamined() {
        return own != null && peers != null;
    }

    /** @param hashes by member, at {@link #index} */
    Divergence tell(Map<Long, String> hashes) {
        long exactIndex =
                own == null || peers == null ? 0 : own.firstDifference(peers.getFirstIndex(), peers.getHashesList());
        long first = exactIndex != 0 ? exactIndex : index;
        // Behind an entry whose result differs there is nothing to be known: the one before it was the last that did
        // not.
        long last = exactIndex != 0 ? exactIndex - 1 : agreedIndex;
        String command = own != null && first == last + 1 ? own.name(first) : null;
        return new Divergence(machine, what, last, first, command, hashes);
    }
}
