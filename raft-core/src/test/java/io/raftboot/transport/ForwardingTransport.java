package io.raftboot.transport;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Another transport, for those who change a part of what it does. */
public class ForwardingTransport implements Transport {
    private final Transport transport;

    protected ForwardingTransport(Transport transport) {
        this.transport = transport;
    }

    @Override
    public void checkPort() throws IOException {
        transport.checkPort();
    }

    @Override
    public void start(LocalMember self, TransportListener listener) throws IOException {
        transport.start(self, listener);
    }

    @Override
    public void send(List<Message> messages) {
        transport.send(messages);
    }

    @Override
    public CompletableFuture<ByteString> request(long to, ByteString payload, Duration timeout) {
        return transport.request(to, payload, timeout);
    }

    @Override
    public CompletableFuture<Void> sendSnapshot(Message snapshotMessage, SnapshotSource source) {
        return transport.sendSnapshot(snapshotMessage, source);
    }

    @Override
    public void clusterIdLearned(long clusterId) {
        transport.clusterIdLearned(clusterId);
    }

    @Override
    public void setPeers(Map<Long, String> addresses) {
        transport.setPeers(addresses);
    }

    @Override
    public void disconnect(long peerId) {
        transport.disconnect(peerId);
    }

    @Override
    public void setPeerAddresses(Map<Long, List<String>> addresses) {
        transport.setPeerAddresses(addresses);
    }

    @Override
    public Map<Long, Reach> reach() {
        return transport.reach();
    }

    @Override
    public List<String> oddities(Instant now) {
        return transport.oddities(now);
    }

    @Override
    public Map<Long, String> obstacles() {
        return transport.obstacles();
    }

    @Override
    public @Nullable Integer port() {
        return transport.port();
    }

    @Override
    public boolean isOwnThread() {
        return transport.isOwnThread();
    }

    @Override
    public void close() {
        transport.close();
    }
}
