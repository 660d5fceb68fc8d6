package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Purpose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What members said is recorded on its way, and said again. */
class ReplayTests {
    private final Members members = new Members();
    private final LogCapture log = new LogCapture();
    private Member one;
    private Member two;

    ReplayTests() throws IOException {
        one = members.start(1);
        two = members.start(2);
    }

    @BeforeEach
    void connect() {
        Members.connect(one, two);
    }

    @AfterEach
    void theRealConnectionsHaveGoneOn() {
        one.sendAppends(2, 50, 51);
        two.sendAppends(1, 50, 51);
        await().untilAsserted(() -> {
            assertThat(one.recorder().messages).containsExactly(Members.append(2, 1, 50));
            assertThat(two.recorder().messages).containsExactly(Members.append(1, 2, 50));
        });
        assertThat(one.recorder().events).containsExactly("connected 2");
        assertThat(two.recorder().events).containsExactly("connected 1");
        assertThat(one.recorder().confirmed).allMatch(remote -> remote.nodeId() == 2 || remote.nodeId() == 9);
        log.close();
        members.close();
    }

    /** All of it, the confirmation and a message included, as the member that is connected would have said it. */
    private byte[] recorded() throws IOException {
        Member other = members.start(Members.identity(3));
        try (RawPeer recording =
                RawPeer.connected(other.port(), RawPeer.hello(Members.identity(2), Purpose.PURPOSE_STREAM))) {
            recording.say(RawPeer.frame(Frame.newBuilder().addMessages(Members.append(2, 1, 7))));
            return recording.said();
        }
    }

    @Test
    void recordedConnectionTakesNobodysPlace() throws IOException {
        try (RawPeer replay = new RawPeer(one.port())) {
            replay.say(recorded());
            assertThat(replay.isClosedByOtherSide()).isTrue();
        }
        await().untilAsserted(() -> assertThat(log.lines())
                .anyMatch(line -> line.contains("as member 2") && line.contains("did not confirm it")));
        assertThat(one.recorder().confirmed).allMatch(remote -> remote.incarnation() == 1002);
    }

    @Test
    void recordedConnectionThatIsCutAtAnyByteChangesNothing() throws IOException {
        byte[] all = recorded();
        for (int length = 1; length < all.length; length += 7) {
            try (RawPeer replay = new RawPeer(one.port())) {
                replay.say(Arrays.copyOf(all, length));
            }
        }
    }

    @Test
    void recordedSnapshotChannelEndsNoReception() throws IOException {
        byte[] said;
        Member other = members.start(Members.identity(3));
        try (RawPeer recording =
                RawPeer.connected(other.port(), RawPeer.hello(Members.identity(2), Purpose.PURPOSE_SNAPSHOT))) {
            said = recording.said();
        }
        try (RawPeer replay = new RawPeer(one.port())) {
            replay.say(said);
            assertThat(replay.isClosedByOtherSide()).isTrue();
        }
        assertThat(one.recorder().file.isOpen()).isFalse();
    }

    /** As it was when the member that answers had another state, for example. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recordedAnswerIsNotTakenForAMember(boolean wanted) throws Exception {
        byte[] answer;
        try (RawPeer asking = new RawPeer(two.port())) {
            asking.say(
                    RawPeer.PREFACE,
                    RawPeer.frame(
                            Frame.newBuilder().setHello(RawPeer.hello(Members.identity(9), Purpose.PURPOSE_STREAM))));
            answer = RawPeer.concat(
                    RawPeer.PREFACE, RawPeer.frame(java.util.Objects.requireNonNull(asking.hear()).toBuilder()));
        }
        Member nine = members.start(Members.identity(9));
        nine.recorder().refusal = remote -> wanted ? null : "not wanted";
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(answer);
                    while (socket.getInputStream().read() >= 0) {
                        Thread.onSpinWait();
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            nine.transport().setPeers(Map.of(2L, Members.HOST + ":" + server.getLocalPort()));
            answered.get(20, TimeUnit.SECONDS);
        }
        await().untilAsserted(() -> assertThat(nine.recorder().refusals.get(2L))
                .contains(wanted ? "the answer was made for another connection" : "not wanted"));
        assertThat(nine.recorder().turnedAway).isEmpty();
        assertThat(nine.recorder().events).isEmpty();
    }
}
