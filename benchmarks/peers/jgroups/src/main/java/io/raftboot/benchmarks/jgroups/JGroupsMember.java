package io.raftboot.benchmarks.jgroups;

import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import io.raftboot.benchmarks.load.MemberProcess;
import io.raftboot.benchmarks.load.PutTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.raft.Options;
import org.jgroups.raft.RaftHandle;

/** A member that forces its log, which jgroups-raft does only when it is told to. */
final class JGroupsMember implements Member {
    private static final String STACK = "/jgroups-raft.xml";
    private static final Options NO_RESULT = Options.create(true);

    private final JChannel channel;
    private final RaftHandle handle;

    private JGroupsMember(JChannel channel, RaftHandle handle) {
        this.channel = channel;
        this.handle = handle;
    }

    public static void main(String[] arguments) {
        MemberProcess.run(arguments, JGroupsMember::start);
    }

    private static JGroupsMember start(MemberOptions options) throws Exception {
        var self = options.self();
        // The stack is configured as its users do it, by properties that its file names.
        System.setProperty("peer.host", self.host());
        System.setProperty("peer.port", "" + self.port());
        System.setProperty(
                "peer.hosts",
                options.members().stream()
                        .map(member -> member.host() + "[" + member.port() + "]")
                        .collect(Collectors.joining(",")));
        System.setProperty(
                "peer.members",
                options.members().stream().map(JGroupsMember::name).collect(Collectors.joining(",")));
        System.setProperty("peer.log.dir", options.dataDir().toString());
        JChannel channel;
        try (var stack = JGroupsMember.class.getResourceAsStream(STACK)) {
            if (stack == null) {
                throw new IOException("no " + STACK + " in this jar");
            }
            channel = new JChannel(stack);
        }
        channel.setName(name(self));
        var handle = new RaftHandle(channel, new KeyValueMachine()).raftId(name(self));
        handle.raft().logUseFsync(true).maxLogSize(maxLogSizeBytes(options));
        channel.connect("benchmark");
        return new JGroupsMember(channel, handle);
    }

    /** It takes a snapshot when the commands since the last have so many bytes. */
    private static long maxLogSizeBytes(MemberOptions options) {
        long commandSizeBytes = PutTarget.KEY_SIZE_BYTES + (long) options.load().valueSizeBytes();
        return options.snapshotEntries() == 0 ? Long.MAX_VALUE : options.snapshotEntries() * commandSizeBytes;
    }

    private static String name(MemberAddress member) {
        return "" + member.id();
    }

    @Override
    public boolean leads() {
        return handle.isLeader();
    }

    @Override
    public PutTarget puts() {
        return (put, listener) -> {
            byte[] command = put.command();
            report(() -> handle.setAsync(command, 0, command.length, NO_RESULT), listener);
        };
    }

    @Override
    public PutTarget reads() {
        return (put, listener) -> {
            byte[] key = ByteBuffer.allocate(PutTarget.KEY_SIZE_BYTES)
                    .putLong(put.key())
                    .array();
            report(() -> handle.getAsync(key, 0, key.length, Options.DEFAULT_OPTIONS), listener);
        };
    }

    /** One that may refuse at once. */
    @FunctionalInterface
    private interface Call {
        CompletableFuture<byte[]> begin() throws Exception;
    }

    private static void report(Call call, PutTarget.Listener listener) {
        CompletableFuture<byte[]> future;
        try {
            future = call.begin();
        } catch (Exception e) {
            listener.done(e.toString());
            return;
        }
        var unused = future.whenComplete((result, failure) -> listener.done(failure == null ? null : "" + failure));
    }

    @Override
    public void close() {
        channel.close();
    }
}
