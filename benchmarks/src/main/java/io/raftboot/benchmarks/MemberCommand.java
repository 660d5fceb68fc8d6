package io.raftboot.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.autoconfigure.metrics.RaftMeters;
import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import io.raftboot.benchmarks.load.MemberProcess;
import io.raftboot.benchmarks.load.PutTarget;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.config.SnapshotPolicy;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One member of a cluster, with the defaults that an application gets. Started by {@link JvmContender}. */
@Command(name = MemberCommand.NAME, hidden = true)
final class MemberCommand implements Callable<Integer> {
    static final String NAME = "member";
    static final String METERS = "--meters";
    private static final String MACHINE = "kv";

    @Option(names = METERS)
    private boolean metered;

    @Mixin
    private MemberOptions options = new MemberOptions();

    @Override
    public Integer call() throws Exception {
        MemberProcess.run(options, this::start);
        return 0;
    }

    private Member start(MemberOptions given) {
        var own = peer(given.self());
        var transport = new NettyTransport(own.host(), own.port(), TransportOptions.defaults());
        var replica = new Replica(config(given), transport, () -> Map.of(MACHINE, new KeyValueMachine()));
        RaftMeters meters = metered ? measure(replica, transport) : null;
        replica.start();
        return new ReplicaMember(replica, meters);
    }

    /** As an application has it whose registry keeps the figures in memory, to be read by whoever scrapes it. */
    private static RaftMeters measure(Replica replica, Transport transport) {
        var meters = new RaftMeters(replica, transport, "default", "raft-meters", 0);
        meters.bindTo(new SimpleMeterRegistry());
        replica.addListener(meters);
        meters.start();
        return meters;
    }

    private static ReplicaConfig config(MemberOptions given) {
        var builder = ReplicaConfig.builder(given.dataDir())
                .clusterName("benchmark")
                .nodeId(given.self().id())
                .peers(given.members().stream().map(MemberCommand::peer).toList());
        if (given.snapshotEntries() == 0) {
            builder.snapshots(SnapshotPolicy.defaults()
                    .withIntervalEntries(Long.MAX_VALUE)
                    .withIntervalBytes(0));
        } else {
            builder.snapshots(SnapshotPolicy.defaults().withIntervalEntries(given.snapshotEntries()));
        }
        return builder.build();
    }

    private static Peer peer(MemberAddress address) {
        return new Peer(address.id(), address.host(), address.port());
    }

    /** Our own, under the load of all. */
    private record ReplicaMember(Replica replica, @Nullable RaftMeters meters) implements Member {
        @Override
        public boolean leads() {
            return replica.isLeader();
        }

        @Override
        public PutTarget puts() {
            return (put, listener) -> {
                var unused = replica.submit(MACHINE, put.command(), null)
                        .thenAccept(outcome ->
                                listener.done(outcome instanceof Outcome.Applied ? null : String.valueOf(outcome)));
            };
        }

        @Override
        public PutTarget reads() {
            return (put, listener) -> {
                byte[] key = ByteBuffer.allocate(PutTarget.KEY_SIZE_BYTES)
                        .putLong(put.key())
                        .array();
                var unused = replica.read(MACHINE, key, ReadOptions.LINEARIZABLE)
                        .thenAccept(outcome -> listener.done(
                                outcome instanceof ReadOutcome.Answered ? null : String.valueOf(outcome)));
            };
        }

        @Override
        public void close() {
            if (meters != null) {
                meters.stop();
            }
            replica.stop();
        }
    }
}
