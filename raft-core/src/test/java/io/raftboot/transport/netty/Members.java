package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.agent.ThreadedHost;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.netty.handshake.OpenGroup;
import io.raftboot.transport.netty.wire.MachineSockets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Transports over real sockets of the loopback interface, on ports the system chose. */
public final class Members implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    private final List<Member> started = new ArrayList<>();
    private final TransportOptions options;

    /** One member at work. */
    record Member(long id, NettyTransport transport, Recorder recorder) {
        int port() {
            Integer port = transport.port();
            if (port == null) {
                throw new IllegalStateException("does not listen");
            }
            return port;
        }

        String address() {
            return HOST + ":" + port();
        }

        void awaitEvent(String event) {
            await().untilAsserted(() -> assertThat(recorder.events).contains(event));
        }

        void awaitLastEvent(String event) {
            await().untilAsserted(() -> assertThat(recorder.events).last().isEqualTo(event));
        }

        void sendAppends(long to, long from, long until) {
            transport.send(LongStream.range(from, until)
                    .mapToObj(index -> append(id, to, index))
                    .toList());
        }
    }

    Members() {
        this(fast().build());
    }

    Members(TransportOptions options) {
        this.options = options;
    }

    /** Shorter times than the defaults, so that tests need not wait. */
    static TransportOptions.Builder fast() {
        return TransportOptions.builder()
                .handshakeTimeout(Duration.ofMillis(500))
                .reconnectDelay(Duration.ofMillis(5), Duration.ofMillis(50))
                .liveness(Duration.ofMillis(100), Duration.ofMillis(500));
    }

    static LocalMember identity(long id) {
        return new LocalMember(77, "default", id, 1000 + id, "member" + id + ":7400");
    }

    static OpenGroup group(Recorder recorder) {
        return new OpenGroup(identity(1).group(), recorder);
    }

    static Endpoint endpoint(LocalMember self, TransportOptions options) {
        var group = new OpenGroup(self.group(), new Recorder());
        return new Endpoint(
                self.process(), List.of(group), options, ThreadedHost.SYSTEM, MachineSockets.INSTANCE, null);
    }

    Member start(long id) throws IOException {
        return start(identity(id), 0);
    }

    Member start(LocalMember self) throws IOException {
        return start(self, 0);
    }

    Member start(LocalMember self, int port) throws IOException {
        return start(self, port, new Recorder());
    }

    Member start(LocalMember self, int port, Recorder recorder) throws IOException {
        NettyTransport transport = new NettyTransport(HOST, port, options);
        Member member = new Member(self.nodeId(), transport, recorder);
        transport.start(self, recorder);
        started.add(member);
        return member;
    }

    /** Makes all know each other, and waits until they are connected. */
    static void connect(Member... members) {
        for (Member member : members) {
            Map<Long, String> peers = new TreeMap<>();
            for (Member other : members) {
                if (other.id != member.id) {
                    peers.put(other.id, other.address());
                }
            }
            member.transport.setPeers(peers);
        }
        for (Member member : members) {
            for (Member other : members) {
                if (other.id != member.id) {
                    member.awaitEvent("connected " + other.id);
                }
            }
        }
    }

    public static Message append(long from, long to, long index) {
        return Message.newBuilder()
                .setType(MessageType.MSG_APP)
                .setFrom(from)
                .setTo(to)
                .setTerm(3)
                .setIndex(index)
                .build();
    }

    @Override
    public void close() {
        started.forEach(member -> member.transport.close());
    }
}
