package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.TransportLoad;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a transport counts of what it carries. */
class TrafficTests {
    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    private static TransportLoad.Peer peer(Members.Member member, long id) {
        return member.transport().load().peers().getOrDefault(id, TransportLoad.Peer.NONE);
    }

    @Test
    void bothSidesCountTheSameMessagesAndBytes() throws IOException {
        var one = members.start(1);
        var two = members.start(2);
        Members.connect(one, two);
        one.sendAppends(2, 1, 101);
        CompletableFuture<ByteString> answer =
                one.transport().request(2, ByteString.copyFromUtf8("question"), Duration.ofSeconds(5));
        await().until(answer::isDone);
        await().untilAsserted(() -> {
            var sent = peer(one, 2);
            var received = peer(two, 1);
            assertThat(sent.sentMessages()).isEqualTo(101);
            assertThat(received.receivedMessages()).isEqualTo(101);
            assertThat(sent.sentBytes()).isEqualTo(received.receivedBytes()).isGreaterThan(100);
            // The answer came back.
            assertThat(peer(one, 2).receivedMessages()).isEqualTo(1);
            assertThat(peer(two, 1).sentMessages()).isEqualTo(1);
            assertThat(sent.droppedMessages()).isZero();
            assertThat(sent.waitingMessages()).isZero();
            assertThat(sent.waitingBytes()).isZero();
        });
    }

    @Test
    void whatCannotBeSentIsDropped() throws IOException {
        var one = members.start(1);
        one.transport().setPeers(Map.of(2L, Members.HOST + ":1"));
        one.sendAppends(2, 1, 8);
        await().untilAsserted(() -> assertThat(peer(one, 2).droppedMessages()).isEqualTo(7));
        assertThat(peer(one, 2).sentMessages()).isZero();
    }

    @Test
    void memberOfAnotherClusterIsCountedAsRefused() throws IOException {
        var one = members.start(1);
        var stranger = members.start(new LocalMember(78, "default", 2, 1002, "member2:7400"));
        assertThat(one.transport().load().refusedConnections())
                .hasSizeGreaterThan(10)
                .containsKeys("handshake", "identity", "too_many", "group", "cluster")
                .allSatisfy((reason, count) -> assertThat(count).isZero());
        stranger.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() -> assertThat(
                        one.transport().load().refusedConnections().get("cluster"))
                .isPositive());
    }
}
