package io.raftboot.benchmarks.ratis;

import io.raftboot.benchmarks.load.KeyValues;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.MD5FileUtil;

/** The map of all benchmarks, with snapshots as the examples of Ratis take them: on the thread that applies. */
final class KeyValueMachine extends BaseStateMachine {
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private final KeyValues values = new KeyValues();
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage) throws IOException {
        super.initialize(server, group, raftStorage);
        storage.init(raftStorage);
        load();
    }

    @Override
    public void reinitialize() throws IOException {
        load();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        var entry = transaction.getLogEntry();
        values.apply(entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return APPLIED;
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        byte[] value = values.get(request.getContent().asReadOnlyByteBuffer().getLong());
        var found = value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value);
        return CompletableFuture.completedFuture(Message.valueOf(found));
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex last = getLastAppliedTermIndex();
        var file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file.toPath())))) {
            values.writeTo(out);
        }
        var digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), last));
        return last.getIndex();
    }

    private void load() throws IOException {
        var snapshot = storage.loadLatestSnapshot();
        if (snapshot == null || snapshot.getIndex() == RaftLog.INVALID_LOG_INDEX) {
            return;
        }
        var path = snapshot.getFile().getPath();
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            values.readFrom(in);
        }
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }
}
