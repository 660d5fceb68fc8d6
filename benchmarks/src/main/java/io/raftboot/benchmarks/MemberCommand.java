package io.raftboot.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.raftboot.api.Outcome;
import io.raftboot.autoconfigure.metrics.RaftMeters;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.Transport;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One member of a cluster, with the defaults that an application gets. Started by {@link RaftContender}. */
@Command(name = MemberCommand.NAME, hidden = true)
final class MemberCommand implements Callable<Integer> {
    static final String NAME = "member";
    static final String METERS = "--meters";
    private static final String MACHINE = "kv";

    @Option(names = "--id", required = true)
    private long id;

    @Option(names = "--peers", required = true, split = ",")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--data-dir", required = true)
    private Path dataDir = Path.of("");

    @Option(names = METERS)
    private boolean metered;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Override
    public Integer call() throws Exception {
        var config = config();
        var own = config.peers().stream()
                .filter(peer -> peer.id() == id)
                .findFirst()
                .orElseThrow();
        var transport = new NettyTransport(own.host(), own.port(), TransportOptions.defaults());
        var replica = new Replica(config, transport, () -> Map.of(MACHINE, new KeyValueMachine()));
        RaftMeters meters = metered ? measure(replica, transport) : null;
        replica.start();
        try {
            new ControlLoop(replica::isLeader, load.generator(target(replica))).run();
        } finally {
            if (meters != null) {
                meters.stop();
            }
            replica.stop();
        }
        return 0;
    }

    /** As an application has it whose registry keeps the figures in memory, to be read by whoever scrapes it. */
    private static RaftMeters measure(Replica replica, Transport transport) {
        var meters = new RaftMeters(replica, transport, "default", "raft-meters", 0);
        meters.bindTo(new SimpleMeterRegistry());
        replica.addListener(meters);
        meters.start();
        return meters;
    }

    private ReplicaConfig config() {
        return ReplicaConfig.builder(dataDir)
                .clusterName("benchmark")
                .nodeId(id)
                .peers(peers.stream().map(Peer::valueOf).toList())
                .build();
    }

    private static PutTarget target(Replica replica) {
        return (put, listener) -> {
            var unused = replica.submit(MACHINE, put.command(), null)
                    .thenAccept(outcome ->
                            listener.done(outcome instanceof Outcome.Applied ? null : String.valueOf(outcome)));
        };
    }
}
