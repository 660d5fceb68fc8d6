package io.raftboot.raft.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.quorum.JointConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Remembers how far the group had committed when a read was asked for: that much the read has to see.
 *
 * <p>With one exception. Where there is only one voter the leader answers reads at once, even if it doesn't know yet how
 * far it had committed before it started, and even if it isn't that voter, having been removed. So the library wants it,
 * and leaves it to its users not to ask before an entry of the present term is committed, nor after the removal.
 */
final class ReadChecker {
    private static final long NOTHING_PROMISED = 0;

    private final Map<ByteString, Long> promisedIndexes = new HashMap<>();
    private final Set<Long> unsafeLeaders = new HashSet<>();

    void asked(ByteString context, long committedIndex) {
        promisedIndexes.put(context, unsafeLeaders.isEmpty() ? committedIndex : NOTHING_PROMISED);
    }

    void leads(long id, JointConfig voters, boolean knowsItsCommit) {
        boolean oneVoter = voters.incoming().ids().size() == 1 && !voters.isJoint();
        if (oneVoter && !(knowsItsCommit && voters.contains(id))) {
            promisedIndexes.replaceAll((context, index) -> NOTHING_PROMISED);
            unsafeLeaders.add(id);
        } else {
            unsafeLeaders.remove(id);
        }
    }

    void leadsNoMore(long id) {
        unsafeLeaders.remove(id);
    }

    boolean isNewEnough(ReadState read) {
        long promised =
                Objects.requireNonNull(promisedIndexes.get(read.requestContext()), "nobody asked for this read");
        return read.index() >= promised;
    }
}
