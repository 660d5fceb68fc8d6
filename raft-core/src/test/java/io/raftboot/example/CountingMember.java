package io.raftboot.example;

import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.replica.Replica;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.transport.netty.NettyTransport;
import io.raftboot.transport.netty.TransportOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One member of a group that counts. */
final class CountingMember implements AutoCloseable {
    private static final String COUNTER = "counter";

    private final Replica replica;

    CountingMember(Path dataDir, Peer self, List<Peer> all) {
        var config = ReplicaConfig.builder(dataDir).nodeId(self.id()).peers(all).build();
        var transport = new NettyTransport(self.host(), self.port(), TransportOptions.defaults());
        replica = new Replica(config, transport, () -> Map.of(COUNTER, new Counter()));
        replica.start();
    }

    long add(long number) {
        var outcome = replica.submit(COUNTER, Counter.bytes(number), null).join();
        if (outcome instanceof Outcome.Applied applied) {
            return Counter.number(applied.value());
        }
        // Refused: it certainly did not happen. Unknown: it may have, or may still.
        throw new IllegalStateException("not added: " + outcome);
    }

    long value() {
        var outcome =
                replica.read(COUNTER, new byte[0], ReadOptions.LINEARIZABLE).join();
        if (outcome instanceof ReadOutcome.Answered answered) {
            return Counter.number(answered.value());
        }
        throw new IllegalStateException("not read: " + outcome);
    }

    @Override
    public void close() {
        replica.stop();
    }
}
