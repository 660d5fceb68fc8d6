package io.raftboot.benchmarks.sofajraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.option.NodeOptions;
import io.raftboot.benchmarks.load.KeyValues;
import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import io.raftboot.benchmarks.load.MemberProcess;
import io.raftboot.benchmarks.load.PutTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** A member with the defaults, of which forcing the log is one. */
final class SofaMember implements Member {
    private static final byte[] NO_CONTEXT = {};

    private final RaftGroupService service;
    private final Node node;
    private final KeyValues values;

    private SofaMember(RaftGroupService service, Node node, KeyValues values) {
        this.service = service;
        this.node = node;
        this.values = values;
    }

    public static void main(String[] arguments) {
        MemberProcess.run(arguments, SofaMember::start);
    }

    private static SofaMember start(MemberOptions options) throws IOException {
        var directory = Files.createDirectories(options.dataDir());
        var values = new KeyValues();
        var nodeOptions = new NodeOptions();
        nodeOptions.setInitialConf(new Configuration(
                options.members().stream().map(SofaMember::peer).toList()));
        nodeOptions.setFsm(new KeyValueMachine(values));
        nodeOptions.setLogUri(directory.resolve("log").toString());
        nodeOptions.setRaftMetaUri(directory.resolve("meta").toString());
        nodeOptions.getRaftOptions().setSync(true);
        // Without a place for them there are none; with one there is one an hour, and no setting counts entries.
        if (options.snapshotEntries() > 0) {
            nodeOptions.setSnapshotUri(directory.resolve("snapshot").toString());
        }
        var service = new RaftGroupService("benchmark", peer(options.self()), nodeOptions);
        return new SofaMember(service, service.start(), values);
    }

    private static PeerId peer(MemberAddress member) {
        return new PeerId(member.host(), member.port());
    }

    @Override
    public boolean leads() {
        return node.isLeader();
    }

    @Override
    public PutTarget puts() {
        return (put, listener) ->
                node.apply(new Task(ByteBuffer.wrap(put.command()), status -> listener.done(failure(status))));
    }

    @Override
    public PutTarget reads() {
        return (put, listener) -> node.readIndex(NO_CONTEXT, new ReadIndexClosure() {
            @Override
            public void run(Status status, long index, byte[] context) {
                var failure = failure(status);
                if (failure == null) {
                    values.get(put.key());
                }
                listener.done(failure);
            }
        });
    }

    private static @Nullable String failure(Status status) {
        return status.isOk() ? null : status.toString();
    }

    @Override
    public void close() {
        service.shutdown();
    }
}
