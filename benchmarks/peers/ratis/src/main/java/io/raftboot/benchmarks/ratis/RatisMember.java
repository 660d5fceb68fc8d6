package io.raftboot.benchmarks.ratis;

import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import io.raftboot.benchmarks.load.MemberProcess;
import io.raftboot.benchmarks.load.PutTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** A member over gRPC with the defaults, of which forcing the log before an answer is one. */
final class RatisMember implements Member {
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(new UUID(0, 1));
    /** Enough that one which waits holds up none of the others. */
    private static final int ANSWER_THREADS = 4;

    private final RaftServer server;
    /**
     * Where answers are reported, and so the next requests are submitted. The server answers on the threads that apply and that hear from
     * followers, some of them with a lock in hand, and a submission waits for another thread of the server: submitted from
     * where the answer came, writes slow the server down and reads bring it to a stop.
     */
    private final ExecutorService answers = Executors.newFixedThreadPool(ANSWER_THREADS);

    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    private RatisMember(RaftServer server) {
        this.server = server;
    }

    public static void main(String[] arguments) {
        MemberProcess.run(arguments, RatisMember::start);
    }

    private static RatisMember start(MemberOptions options) throws IOException {
        boolean existed = Files.exists(options.dataDir());
        var peers = options.members().stream().map(RatisMember::peer).toList();
        var server = RaftServer.newBuilder()
                .setServerId(peer(options.self()).getId())
                .setGroup(RaftGroup.valueOf(GROUP, peers))
                .setStateMachine(new KeyValueMachine())
                .setOption(existed ? StartupOption.RECOVER : StartupOption.FORMAT)
                .setProperties(properties(options))
                .build();
        server.start();
        return new RatisMember(server);
    }

    private static RaftPeer peer(MemberAddress member) {
        return RaftPeer.newBuilder()
                .setId(RaftPeerId.valueOf("m" + member.id()))
                .setAddress(member.host() + ":" + member.port())
                .build();
    }

    private static RaftProperties properties(MemberOptions options) {
        var properties = new RaftProperties();
        GrpcConfigKeys.Server.setHost(properties, options.self().host());
        GrpcConfigKeys.Server.setPort(properties, options.self().port());
        RaftServerConfigKeys.setStorageDir(properties, List.of(options.dataDir().toFile()));
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        // Both are defaults, and what this is about: no answer before the force, and none of another thread's.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, options.snapshotEntries() > 0);
        if (options.snapshotEntries() > 0) {
            RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, options.snapshotEntries());
        }
        return properties;
    }

    @Override
    public boolean leads() throws IOException {
        return server.getDivision(GROUP).getInfo().isLeaderReady();
    }

    @Override
    public PutTarget puts() {
        return (put, listener) -> submit(put.command(), RaftClientRequest.writeRequestType(), listener);
    }

    @Override
    public PutTarget reads() {
        return (put, listener) -> submit(
                ByteBuffer.allocate(PutTarget.KEY_SIZE_BYTES).putLong(put.key()).array(),
                RaftClientRequest.readRequestType(),
                listener);
    }

    private void submit(byte[] message, RaftClientRequest.Type type, PutTarget.Listener listener) {
        var request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(server.getId())
                .setGroupId(GROUP)
                .setCallId(calls.incrementAndGet())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(message)))
                .setType(type)
                .build();
        try {
            var unused = server.submitClientRequestAsync(request)
                    .whenCompleteAsync((reply, failure) -> listener.done(failureOf(reply, failure)), answers);
        } catch (IOException e) {
            listener.done(e.toString());
        }
    }

    private static @Nullable String failureOf(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        return reply != null && reply.isSuccess()
                ? null
                : String.valueOf(reply == null ? failure : reply.getException());
    }

    @Override
    public void close() throws IOException {
        server.close();
        answers.shutdown();
    }
}
