package io.raftboot.storage.log;

import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Draws what a member might do next to its log, such that raft's rules hold: nothing committed is cut. */
final class RandomWorkload {
    private static final int MAX_ENTRIES = 12;
    private static final int MAX_SMALL_DATA_BYTES = 300;
    private static final int MAX_LARGE_DATA_BYTES = 6000;

    private final Random random;

    RandomWorkload(long seed) {
        this.random = new Random(seed);
    }

    int next(int bound) {
        return random.nextInt(bound);
    }

    long between(long low, long high) {
        return low + random.nextInt((int) (high - low + 1));
    }

    /** One to three writes; the model shows how far they are. */
    List<LogWrite> writes(LogModel model) {
        var scratch = model.copy();
        var writes = new ArrayList<LogWrite>();
        int count = 1 + next(3);
        for (int i = 0; i < count; i++) {
            var write = write(scratch);
            scratch.apply(write);
            writes.add(write);
        }
        return writes;
    }

    private LogWrite write(LogModel model) {
        int kind = next(20);
        if (kind == 0) {
            long index = model.lastIndex() + 1 + next(5);
            long term = model.hardState().getTerm();
            return LogWrite.installed(Members.hardState(term, 0, index), Members.marker(index, term));
        }
        if (kind < 3) {
            return LogWrite.entries(
                    commit(model, between(model.hardState().getCommit(), model.lastIndex())), List.of());
        }
        if (kind < 6) {
            var state = model.hardState();
            return LogWrite.entries(Members.hardState(state.getTerm() + 1, next(4), state.getCommit()), List.of());
        }
        long commit = model.hardState().getCommit();
        long first = next(5) == 0
                ? between(Math.max(commit + 1, model.firstIndex()), model.lastIndex() + 1)
                : model.lastIndex() + 1;
        long term = model.hardState().getTerm();
        int size = next(30) == 0 ? MAX_LARGE_DATA_BYTES : MAX_SMALL_DATA_BYTES;
        int count = 1 + next(MAX_ENTRIES);
        int dataSizeBytes = 1 + next(size);
        // As a follower gets them that was away: the first ones of an older term.
        int older = next(3) == 0 ? next(count + 1) : 0;
        var entries = Members.entries(model.term(first - 1), first, older, dataSizeBytes);
        entries.addAll(Members.entries(term, first + older, count - older, dataSizeBytes));
        long last = first + entries.size() - 1;
        return LogWrite.entries(next(2) == 0 ? null : commit(model, between(commit, last)), entries);
    }

    private static HardState commit(LogModel model, long commit) {
        return Members.hardState(model.hardState().getTerm(), model.hardState().getVote(), commit);
    }

    /** A marker at a committed entry, or null if there is none to be had. */
    @Nullable
    Snapshot taken(LogModel model) {
        long from = Math.max(model.marker().getMetadata().getIndex() + 1, model.firstIndex());
        long to = model.hardState().getCommit();
        if (from > to) {
            return null;
        }
        long index = between(from, to);
        return Members.marker(index, model.term(index));
    }
}
