package io.raftboot.storage.log;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to persist. The parts take effect in this order: {@code installed}, {@code entries}, {@code taken}, and the
 * hard state with all of them.
 *
 * @param hardState null if it has not changed
 * @param entries without a gap among themselves or to the log; an index that the log has already discards what is there from
 *     it on. Neither the list nor the entries may change any more
 * @param installed the log restarts behind this snapshot, whose file is durable
 * @param taken the marker of a snapshot made here, whose file is durable if it has one; the log goes on. Passed over if a
 *     newer snapshot was installed meanwhile
 */
public record LogWrite(
        @Nullable HardState hardState, List<Entry> entries, @Nullable Snapshot installed, @Nullable Snapshot taken) {

    public static LogWrite entries(@Nullable HardState hardState, List<Entry> entries) {
        return new LogWrite(hardState, entries, null, null);
    }

    public static LogWrite installed(@Nullable HardState hardState, Snapshot snapshot) {
        return new LogWrite(hardState, List.of(), snapshot, null);
    }

    public static LogWrite taken(Snapshot snapshot) {
        return new LogWrite(null, List.of(), null, snapshot);
    }
}
