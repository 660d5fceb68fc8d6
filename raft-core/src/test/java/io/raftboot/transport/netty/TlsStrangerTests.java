package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TransportSecurity.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Strangers at the port of a member that speaks TLS: what other systems got wrong, each by a name of its own. */
class TlsStrangerTests {
    private final SecuredMembers members = new SecuredMembers();
    private Member one;
    private Member two;

    TlsStrangerTests() throws IOException {
        one = members.start(1);
        two = members.start(2);
    }

    @BeforeEach
    void connect() {
        Members.connect(one, two);
    }

    @AfterEach
    void othersAreUnaffected() {
        one.sendAppends(2, 0, 1);
        two.sendAppends(1, 0, 1);
        await().untilAsserted(() -> {
            assertThat(one.recorder().messages).containsExactly(Members.append(2, 1, 0));
            assertThat(two.recorder().messages).containsExactly(Members.append(1, 2, 0));
        });
        assertThat(one.recorder().events).containsExactly("connected 2");
        assertMetersCountWhatTheStatusCounts();
        members.close();
    }

    /** All that come here were opened by others. */
    private void assertMetersCountWhatTheStatusCounts() {
        await().untilAsserted(() -> {
            var counted = one.transport().load().refusedConnections();
            for (Refused kind : Refused.values()) {
                assertThat(counted)
                        .containsEntry(
                                kind.name().toLowerCase(Locale.ROOT), refused().getOrDefault(kind, 0L));
            }
        });
    }

    private Map<Refused, Long> refused() {
        return members.security(one).status().refused();
    }

    private void awaitRefused(Refused kind) {
        await().untilAsserted(() -> assertThat(refused()).containsKey(kind));
    }

    @ParameterizedTest
    @EnumSource(
            value = Purpose.class,
            names = {"PURPOSE_STREAM", "PURPOSE_SNAPSHOT", "PURPOSE_SNAPSHOT_FETCH"})
    void noChannelIsWithoutTheCheckOfTheCertificate(Purpose purpose) throws IOException {
        try (var client = new TlsClient(one.port(), SecuredMembers.certificate(9));
                var peer = client.peerOfTheProtocol()) {
            peer.say(RawPeer.PREFACE);
            peer.say(RawPeer.frame(Frame.newBuilder().setHello(RawPeer.hello(Members.identity(3), purpose))));
            Frame answer = Objects.requireNonNull(peer.hear());
            assertThat(answer.getRefusal().getReason()).isEqualTo(RefusalReason.REFUSAL_REASON_CERTIFICATE);
            assertThat(answer.getRefusal().getMessage()).contains("raft/orders/9, and not of member 3");
            assertThat(answer.hasHello()).isFalse();
            assertThat(peer.isClosedByOtherSide()).isTrue();
        }
        assertThat(one.recorder().introduced)
                .extracting(remote -> remote.nodeId())
                .containsOnly(2L);
        assertThat(refused()).containsEntry(Refused.IDENTITY, 1L);
    }

    @Test
    void whoShowsNoCertificateIsNotHeard() throws IOException {
        try (var client = new TlsClient(one.port(), null)) {
            assertThat(client.isEnded()).isTrue();
        }
        awaitRefused(Refused.HANDSHAKE);
    }

    @Test
    void certificateThatHasExpiredIsNotBelieved() throws IOException {
        var wish = TestAuthority.Wish.of(TestAuthority.uri(SecuredMembers.CLUSTER, 3))
                .until(Instant.now().minusSeconds(60));
        try (var client = new TlsClient(one.port(), SecuredMembers.AUTHORITY.issue(wish))) {
            assertThat(client.isEnded()).isTrue();
        }
        awaitRefused(Refused.HANDSHAKE);
    }

    @Test
    void cipherThatIsNotSupportedEndsOneConnectionAndNotTheListening() throws IOException {
        for (int i = 0; i < 3; i++) {
            // Needs a certificate of another kind than this member has.
            try (var client =
                    new TlsClient(one.port(), SecuredMembers.certificate(3), "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384")) {
                assertThat(client.isEnded()).isTrue();
            }
        }
        awaitRefused(Refused.HANDSHAKE);
        try (var client = new TlsClient(one.port(), SecuredMembers.certificate(3))) {
            client.socket.startHandshake();
        }
    }

    @Test
    void connectionsBeforeTheHandshakeAreCountedByAddress() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        int many = Acceptor.MAX_INTRODUCING_PER_ADDRESS + 20;
        for (int i = 0; i < many; i++) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), one.port()));
        }
        await().untilAsserted(() ->
                assertThat(refused().getOrDefault(Refused.TOO_MANY, 0L)).isPositive());
        for (Socket socket : sockets) {
            socket.close();
        }
        await().untilAsserted(() -> {
            try (var client = new TlsClient(one.port(), SecuredMembers.certificate(3))) {
                client.socket.startHandshake();
            }
        });
    }

    /** No address has too many. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void connectionsBeforeTheHandshakeAreCountedInAll() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        int addresses = Acceptor.MAX_INTRODUCING / Acceptor.MAX_INTRODUCING_PER_ADDRESS + 1;
        for (int i = 0; i < addresses; i++) {
            var from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + i)});
            for (int j = 0; j < Acceptor.MAX_INTRODUCING_PER_ADDRESS; j++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), one.port(), from, 0));
            }
        }
        awaitRefused(Refused.TOO_MANY);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void whoSendsByteAfterByteIsNotWaitedFor() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.port());
            // The beginning of a record of TLS, whose rest does not come.
            socket.getOutputStream().write(new byte[] {22, 3, 1, 2});
            slow.add(socket);
        }
        for (Socket socket : slow) {
            socket.setSoTimeout(20_000);
            assertThat(socket.getInputStream().read()).isNegative();
            socket.close();
        }
        assertThat(refused()).containsEntry(Refused.TOO_SLOW, 10L);
    }

    @Test
    void whoIsSilentBehindTlsIsNotWaitedFor() throws IOException {
        try (var client = new TlsClient(one.port(), SecuredMembers.certificate(3))) {
            client.socket.startHandshake();
            assertThat(client.isEnded()).isTrue();
        }
        awaitRefused(Refused.TOO_SLOW);
    }

    @Test
    void frameOverTheLimitEndsTheConnectionBeforeItIsHeld() throws IOException {
        try (var client = new TlsClient(one.port(), SecuredMembers.certificate(3));
                var peer = client.peerOfTheProtocol()) {
            peer.say(RawPeer.PREFACE, RawPeer.length(Integer.MAX_VALUE));
            assertThat(peer.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void bytesThatAreNoTlsEndTheConnection() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isIn(-1, 21);
        }
        awaitRefused(Refused.PLAIN);
    }
}
