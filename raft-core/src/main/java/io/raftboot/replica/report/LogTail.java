package io.raftboot.replica.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.report.LogEntry;
import io.raftboot.api.report.LogEntry.Kind;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.replica.duty.Self;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.watch.TimedCalls;
import io.raftboot.replica.watch.TimedFuture;
import io.raftboot.storage.log.LogReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of the log, for somebody who looks. On the raft stage, which owns the log, they are taken out of memory alone, as
 * a failure of the disk would end the member over something that it does not need. They are read on another thread. Any thread.
 */
public final class LogTail {
    /** Entries that are shown at most. */
    static final int MAX_ENTRIES = 50;

    /** Bytes of these; a single entry may have more. */
    static final long MAX_BYTES = 256 * 1024;

    /** Bytes of a payload that are shown at most. */
    static final int PAYLOAD_BYTES = 256;

    private final LogReader log;
    private final Map<String, MachineSlot> machines;
    private final RaftStage raftStage;
    private final Executor readers;
    private final TimedCalls calls;
    private final Self self;

    /** The question that is under way; null if none is. Guarded by this. */
    private @Nullable CompletableFuture<List<LogEntry>> underWay;

    /** Who owns the log. Any thread. */
    public interface RaftStage extends Executor {
        /** Whether it has not come on for so long that nothing is to be expected of it now. */
        boolean hangs();
    }

    /**
     * @param log owned by the raft stage
     * @param machines by name
     * @param readers carries what may run code of the application
     * @param calls ends the wait for a stage that hangs
     */
    public LogTail(
            LogReader log,
            Map<String, MachineSlot> machines,
            RaftStage raftStage,
            Executor readers,
            TimedCalls calls,
            Self self) {
        this.log = log;
        this.machines = machines;
        this.raftStage = raftStage;
        this.readers = readers;
        this.calls = calls;
        this.self = self;
    }

    /**
     * The newest entries, the newest first; null where the raft stage hangs, within an election timeout or so. However many ask, one
     * question is under way at a time, so that nothing piles up in front of a stage that does not come on.
     */
    public CompletableFuture<@Nullable List<LogEntry>> newest() {
        if (raftStage.hangs()) {
            return CompletableFuture.completedFuture(null);
        }
        var answer = new CompletableFuture<@Nullable List<LogEntry>>();
        calls.add(new TimedFuture<@Nullable List<LogEntry>>(
                answer, self.nowNanos() + self.electionTimeoutNanos(), hint -> null, why -> null));
        var unused = question().whenComplete((entries, failure) -> answer.complete(entries));
        return answer;
    }

    private CompletableFuture<List<LogEntry>> question() {
        var begun = new CompletableFuture<List<LogEntry>>();
        synchronized (this) {
            if (underWay != null) {
                return underWay;
            }
            underWay = begun;
        }
        var unused = begun.whenComplete((entries, failure) -> answered());
        raftStage.execute(() -> {
            var entries = log.newestInMemory(MAX_ENTRIES, MAX_BYTES);
            begun.completeAsync(() -> read(entries), readers);
        });
        return begun;
    }

    private synchronized void answered() {
        underWay = null;
    }

    private List<LogEntry> read(List<Entry> entries) {
        var read = new ArrayList<LogEntry>();
        entries.forEach(entry -> read.add(read(entry)));
        Collections.reverse(read);
        return read;
    }

    private LogEntry read(Entry entry) {
        if (entry.getType() != EntryType.ENTRY_NORMAL) {
            return entry(entry, Kind.CONFIGURATION, "", "", ByteString.EMPTY);
        }
        if (entry.getData().isEmpty()) {
            return entry(entry, Kind.EMPTY, "", "", ByteString.EMPTY);
        }
        try {
            var envelope = Envelope.parseFrom(entry.getData());
            if (envelope.getMachine().isEmpty()) {
                return entry(entry, Kind.MEMBERS, "", "", ByteString.EMPTY);
            }
            if (envelope.hasOpenSession()) {
                return entry(entry, Kind.SESSION, envelope.getMachine(), "", ByteString.EMPTY);
            }
            return entry(
                    entry,
                    Kind.COMMAND,
                    envelope.getMachine(),
                    name(envelope.getMachine(), envelope.getPayload()),
                    envelope.getPayload());
        } catch (InvalidProtocolBufferException e) {
            return entry(entry, Kind.UNREADABLE, "", "", ByteString.EMPTY);
        }
    }

    private String name(String machine, ByteString payload) {
        var slot = machines.get(machine);
        if (slot == null) {
            return "";
        }
        try {
            return slot.machine().commandNames().isEmpty() ? "" : slot.machine().commandName(payload.newInput());
        } catch (IOException | RuntimeException | Error e) {
            // It is the application's code, whatever it throws, and the entry is shown without a name.
            return "";
        }
    }

    private static LogEntry entry(Entry entry, Kind kind, String machine, String command, ByteString payload) {
        return new LogEntry(
                entry.getIndex(),
                entry.getTerm(),
                kind,
                machine,
                command,
                entry.getData().size(),
                payload.substring(0, Math.min(payload.size(), PAYLOAD_BYTES)).toByteArray());
    }
}
