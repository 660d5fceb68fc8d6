package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.ThreadedHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.wire.GuardedLoop;
import io.raftboot.transport.netty.wire.MachineSockets;
import io.raftboot.transport.netty.wire.Sockets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifecycleTests {
    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void namesHostAndPortThatAreInUse() throws IOException {
        Member one = members.start(1);
        NettyTransport other = new NettyTransport(Members.HOST, one.port(), TransportOptions.defaults());

        assertThatThrownBy(() -> other.start(Members.identity(2), new Recorder()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + one.port())
                .hasMessageContaining("in use");

        one.transport().close();
        other.start(Members.identity(2), new Recorder());
        other.close();
    }

    @Test
    void namesAHostItCanNotListenOn() {
        NettyTransport transport = new NettyTransport("nowhere.invalid", 0, TransportOptions.defaults());

        assertThatThrownBy(() -> transport.start(Members.identity(1), new Recorder()))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("nowhere.invalid");
    }

    /** Members are told of others at any time, also by those who must never wait. */
    @Test
    @Timeout(60)
    void peersAreSetWhileAStartWaitsForItsAddress() throws Exception {
        Member one = members.start(1);
        var names = new SlowNames();
        var transport = new NettyTransport("slow", 0, Members.fast().build(), ThreadedHost.SYSTEM, names);
        var recorder = new Recorder();
        var start = new FutureTask<@Nullable Void>(() -> {
            transport.start(Members.identity(2), recorder);
            return null;
        });
        new Thread(start, "starts").start();
        names.asked.get(60, TimeUnit.SECONDS);

        transport.setPeers(Map.of(1L, one.address()));

        names.answer.complete(InetAddress.getLoopbackAddress());
        start.get(60, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(recorder.events).contains("connected 1"));
        transport.close();
    }

    /** The machine's network, whose names are told by a test. */
    private static final class SlowNames implements Sockets {
        private final CompletableFuture<String> asked = new CompletableFuture<>();
        private final CompletableFuture<InetAddress> answer = new CompletableFuture<>();

        @Override
        public InetAddress[] addresses(String host) {
            asked.complete(host);
            return new InetAddress[] {answer.join()};
        }

        @Override
        public GuardedLoop loop(AgentHost host, String name, ErrorGuard guard) {
            return MachineSockets.INSTANCE.loop(host, name, guard);
        }

        @Override
        public Channel connecting() {
            return MachineSockets.INSTANCE.connecting();
        }

        @Override
        public ServerChannel listening() {
            return MachineSockets.INSTANCE.listening();
        }

        @Override
        public void probe(InetSocketAddress address) throws IOException {
            MachineSockets.INSTANCE.probe(address);
        }
    }

    @Test
    void startsAgainAfterItsClose() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        int port = one.port();
        one.transport().close();
        assertThat(one.transport().port()).isNull();
        one.transport().close();

        Member again = members.start(Members.identity(1), port);
        two.awaitLastEvent("connected 1");
        again.transport().close();

        one.transport().start(Members.identity(1), one.recorder());
        one.awaitLastEvent("connected 2"); // the peers were kept
    }

    @Test
    void runsOnlyOnce() throws IOException {
        Member one = members.start(1);

        assertThatIllegalStateException().isThrownBy(() -> one.transport().start(Members.identity(1), new Recorder()));
    }

    @Test
    void doesNotListenWithoutAPort() throws IOException {
        NettyTransport alone = new NettyTransport(Members.HOST, null, TransportOptions.defaults());

        alone.start(Members.identity(1), new Recorder());

        assertThat(alone.port()).isNull();
        alone.close();
    }

    @Test
    void aListenerThatClosesTheTransportIsTold() throws IOException {
        Recorder closing = new Recorder();
        Member one = members.start(Members.identity(1), 0, closing);
        Member two = members.start(2);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        closing.onMessages = () -> {
            try {
                one.transport().close();
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        };
        Members.connect(one, two);

        two.sendAppends(1, 0, 1);

        assertThat(thrown).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void leavesNoThreadBehind() throws IOException {
        Member one = members.start(91);
        Member two = members.start(92);
        Members.connect(one, two);
        one.transport().setPeers(Map.of(92L, two.address(), 93L, "localhost:1"));
        var unanswered = one.transport().request(92, ByteString.EMPTY, Duration.ofMinutes(1));
        assertThat(threads()).isNotEmpty();

        one.transport().close();
        two.transport().close();

        assertThat(unanswered).isDone();
        await().until(() -> threads().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":7400", "host:0", "host:65536", "host:port", "::1:7400", "[]:7400"})
    void refusesWhatIsNoAddress(String address) {
        NettyTransport transport = new NettyTransport(Members.HOST, 0, TransportOptions.defaults());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> transport.setPeers(Map.of(2L, address)))
                .withMessageContaining("write host:port");
    }

    @Test
    void readsAddresses() {
        assertThat(PeerAddress.parse("node1.example.org:7400")).isEqualTo(new PeerAddress("node1.example.org", 7400));
        assertThat(PeerAddress.parse("[::1]:7400")).isEqualTo(new PeerAddress("::1", 7400));
        assertThat(new PeerAddress("::1", 7400)).hasToString("[::1]:7400");
    }

    @Test
    void refusesItselfAmongThePeers() throws IOException {
        Member one = members.start(1);

        assertThatIllegalArgumentException().isThrownBy(() -> one.transport().setPeers(Map.of(1L, "localhost:7400")));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("raft-transport-9"))
                .toList();
    }

    /** Of callers that found the transport running a moment before. */
    @Test
    void everyRequestBehindTheCloseIsAnswered() throws IOException {
        var endpoint = Members.endpoint(Members.identity(1), TransportOptions.defaults());
        endpoint.start(Members.HOST, null);
        endpoint.close();
        for (int i = 0; i < 3; i++) {
            var answer = new CompletableFuture<ByteString>();
            endpoint.outbox().ask(endpoint.groups().get(0), 2, ByteString.EMPTY, answer, Duration.ofHours(1));
            assertThat(NettyTransportTests.failureOf(answer).certainlyNotSent()).isTrue();
        }
    }
}
