package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.storage.Members;
import java.util.ArrayList;
import java.util.List;

/** What a log is: a position and a list of entries behind it. Compared with the one on disk. */
final class LogModel {
    private LogPosition base = new LogPosition(1, 1);
    private List<Entry> entries = new ArrayList<>();
    private HardState hardState = Members.hardState(1, 0, 1);
    private Snapshot marker = Members.marker(1, 1);

    LogModel copy() {
        var copy = new LogModel();
        copy.base = base;
        copy.entries = new ArrayList<>(entries);
        copy.hardState = hardState;
        copy.marker = marker;
        return copy;
    }

    long firstIndex() {
        return base.index() + 1;
    }

    long lastIndex() {
        return base.index() + entries.size();
    }

    long term(long index) {
        return index == base.index()
                ? base.term()
                : entries.get((int) (index - firstIndex())).getTerm();
    }

    HardState hardState() {
        return hardState;
    }

    Snapshot marker() {
        return marker;
    }

    void apply(LogWrite write) {
        if (write.hardState() != null) {
            hardState = write.hardState();
        }
        if (write.installed() != null) {
            marker = write.installed();
            base = new LogPosition(
                    marker.getMetadata().getIndex(), marker.getMetadata().getTerm());
            entries.clear();
        }
        if (!write.entries().isEmpty()) {
            int keep = (int) (write.entries().get(0).getIndex() - firstIndex());
            entries.subList(keep, entries.size()).clear();
            entries.addAll(write.entries());
        }
        if (write.taken() != null) {
            marker = write.taken();
        }
    }

    void compact(long index) {
        var newBase = new LogPosition(index, term(index));
        entries = new ArrayList<>(entries.subList((int) (index - base.index()), entries.size()));
        base = newBase;
    }

    /** Of a reader that was there all the time. */
    void assertEquals(LogReader reader) throws Exception {
        assertThat(reader.firstIndex()).isEqualTo(firstIndex());
        assertThat(reader.term(base.index())).isEqualTo(base.term());
        assertSuffixOf(reader);
    }

    /** Of a log that was opened again, which may still have what was compacted. */
    void assertSuffixOf(LogReader reader) throws Exception {
        assertThat(reader.firstIndex()).isLessThanOrEqualTo(firstIndex());
        assertThat(reader.lastIndex()).isEqualTo(lastIndex());
        if (!entries.isEmpty()) {
            assertThat(reader.entries(firstIndex(), lastIndex() + 1, RaftConfig.NO_LIMIT))
                    .isEqualTo(entries);
        }
        for (var entry : entries) {
            if (reader.term(entry.getIndex()) != entry.getTerm()) {
                throw new AssertionError("Wrong term at " + entry.getIndex());
            }
        }
        assertThat(reader.marker()).isEqualTo(marker);
        var state = reader.initialState().hardState();
        assertThat(state.getTerm()).isEqualTo(hardState.getTerm());
        assertThat(state.getVote()).isEqualTo(hardState.getVote());
    }

    /** Whether a log that was opened after a crash says this. */
    boolean isSuffixOf(LogReader reader) throws Exception {
        if (reader.lastIndex() != lastIndex() || reader.firstIndex() > firstIndex()) {
            return false;
        }
        var state = reader.initialState().hardState();
        return (entries.isEmpty()
                        || reader.entries(firstIndex(), lastIndex() + 1, RaftConfig.NO_LIMIT)
                                .equals(entries))
                && reader.marker().equals(marker)
                && state.getTerm() == hardState.getTerm()
                && state.getVote() == hardState.getVote();
    }

    List<Entry> entries(long low, long high) {
        return entries.subList((int) (low - firstIndex()), (int) (high - firstIndex()));
    }
}
