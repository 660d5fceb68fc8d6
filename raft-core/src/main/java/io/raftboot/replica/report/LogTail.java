package io.raftboot.replica.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.report.LogEntry;
import io.raftboot.api.report.LogEntry.Kind;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.storage.log.LogReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

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
    private final Executor raftStage;
    private final Executor readers;

    /**
     * @param log owned by the raft stage
     * @param machines by name
     * @param readers carries what may run code of the application
     */
    public LogTail(LogReader log, Map<String, MachineSlot> machines, Executor raftStage, Executor readers) {
        this.log = log;
        this.machines = machines;
        this.raftStage = raftStage;
        this.readers = readers;
    }

    /** The newest entries, the newest first; does not complete where the raft stage hangs or has ended. */
    public CompletableFuture<List<LogEntry>> newest() {
        var newest = new CompletableFuture<List<LogEntry>>();
        raftStage.execute(() -> {
            var entries = log.newestInMemory(MAX_ENTRIES, MAX_BYTES);
            readers.execute(() -> newest.complete(read(entries)));
        });
        return newest;
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
        if (slot == null || slot.machine().commandNames().isEmpty()) {
            return "";
        }
        try {
            return slot.machine().commandName(payload.newInput());
        } catch (IOException | RuntimeException e) {
            // It is the application's code, and the entry is shown without a name.
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
