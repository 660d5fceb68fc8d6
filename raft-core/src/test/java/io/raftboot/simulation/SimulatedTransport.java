package io.raftboot.simulation;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.Reach;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.WireTrip;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One member's end of a network in memory, as seen from its process: what goes out is lost, delayed and overtaken as the {@link Links}
 * say, and becomes frames as it does over sockets; what comes in waits while the process stands still. Connections are the network's own affair.
 */
public final class SimulatedTransport implements Transport {
    private final SimulatedHost host;
    private final Simulation simulation;
    private final long nodeId;
    private final Transport network;
    private final Links links;
    private final WireTrip wire = new WireTrip();

    public SimulatedTransport(SimulatedHost host, long nodeId, Transport network, Links links) {
        this.host = host;
        this.simulation = host.simulation();
        this.nodeId = nodeId;
        this.network = network;
        this.links = links;
    }

    @Override
    public void start(LocalMember self, TransportListener listener) throws IOException {
        network.start(self, new HostedListener(host, listener));
    }

    @Override
    public void send(List<Message> messages) {
        for (var message : messages) {
            int copies = links.isRepeated(nodeId, message.getTo()) ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                bring(nodeId, message.getTo(), () -> network.send(List.of(wire.message(message))), () -> {});
            }
        }
    }

    /** Brings something to where it may get, or has it lost. */
    private void bring(long from, long to, Runnable arrive, Runnable lost) {
        if (host.isCrashed()) {
            // Said by what is left of a process that died in the midst of a step.
            lost.run();
        } else if (links.isLost(from, to)) {
            simulation.note("link", from + " loses what is for " + to);
            lost.run();
        } else {
            simulation.events().after(links.delayNanos(from, to), arrive);
        }
    }

    @Override
    public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
        var answer = new CompletableFuture<ByteString>();
        host.after(
                host.trueNanos(timeout),
                "request times out",
                () -> answer.completeExceptionally(
                        new TimeoutException("no answer from member " + to + " within " + timeout)));
        bring(nodeId, to, () -> ask(to, payload, timeout, answer), () -> {});
        return answer;
    }

    private void ask(long to, ByteString payload, Duration timeout, CompletableFuture<ByteString> answer) {
        var unused = network.request(to, wire.question(payload), timeout)
                .whenComplete((value, failure) -> bring(
                        to,
                        nodeId,
                        () -> host.after(
                                0, "answer", () -> end(answer, failure == null ? wire.answer(value) : value, failure)),
                        () -> {}));
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        var done = new CompletableFuture<Void>();
        long to = snapshotMessage.getTo();
        simulation.note("member " + nodeId, "sends snapshot " + MessageText.of(snapshotMessage));
        bring(nodeId, to, () -> transfer(snapshotMessage, source, done), () -> {
            source.close();
            host.after(
                    0,
                    "snapshot lost",
                    () -> done.completeExceptionally(
                            TransportException.maybeSent("the snapshot for member " + to + " was lost")));
        });
        return done;
    }

    @SuppressWarnings("VoidUsed") // Nothing is what the sending of a snapshot comes to.
    private void transfer(Message snapshotMessage, SnapshotSource source, CompletableFuture<Void> done) {
        var unused = network.sendSnapshot(snapshotMessage, new HostedSource(source))
                .whenComplete((nothing, failure) -> host.after(0, "snapshot sent", () -> end(done, nothing, failure)));
    }

    private static <T extends @Nullable Object> void end(
            CompletableFuture<T> future, T value, @Nullable Throwable failure) {
        if (failure == null) {
            future.complete(value);
        } else {
            future.completeExceptionally(failure);
        }
    }

    @Override
    public void clusterIdLearned(long clusterId) {
        network.clusterIdLearned(clusterId);
    }

    @Override
    public void setPeers(Map<Long, String> addresses) {
        network.setPeers(addresses);
    }

    @Override
    public Map<Long, Reach> reach() {
        return network.reach();
    }

    @Override
    public Map<Long, String> obstacles() {
        return network.obstacles();
    }

    @Override
    public @Nullable Integer port() {
        return network.port();
    }

    @Override
    public void close() {
        network.close();
    }
}
