package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.netty.Members.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that break, hang or clog. */
class ReconnectTests {
    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void aPeerThatIsGoneIsReportedAsGoneAndFoundAgain() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        int port = two.port();

        two.transport().close();
        one.awaitLastEvent("disconnected 2 REFUSED_AT_RECONNECT");
        assertThat(one.recorder().events)
                .containsExactly("connected 2", "unreachable 2", "disconnected 2 REFUSED_AT_RECONNECT");

        Member again = members.start(Members.identity(2), port);
        one.awaitLastEvent("connected 2");
        one.sendAppends(2, 0, 1);
        await().untilAsserted(() -> assertThat(again.recorder().messages).hasSize(1));
    }

    @Test
    void peerThatIsRestartedAgainAndAgainIsNotSaidEachTime() throws IOException {
        try (LogCapture log = new LogCapture()) {
            Member one = members.start(1);
            Member two = members.start(2);
            int port = two.port();
            one.transport().setPeers(Map.of(2L, two.address()));
            for (int restart = 0; restart < 8; restart++) {
                one.awaitLastEvent("connected 2");
                two.transport().close();
                one.awaitLastEvent("disconnected 2 REFUSED_AT_RECONNECT");
                two = members.start(Members.identity(2), port);
            }
            one.awaitLastEvent("connected 2");
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("failed: "))
                    .hasSize(1);
            // That it broke, of which one may see more or less.
            assertThat(log.lines()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void aBrokenConnectionToALivingPeerSaysNothingAboutIt() throws IOException {
        Member two = members.start(2);
        try (Proxy proxy = new Proxy(two.port())) {
            Member one = members.start(1);
            one.transport().setPeers(Map.of(2L, proxy.address()));
            one.awaitEvent("connected 2");

            proxy.cut();

            one.awaitEvent("disconnected 2 OTHER");
            one.awaitLastEvent("connected 2");
            one.sendAppends(2, 0, 1);
            await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(1));
        }
    }

    @Test
    void noticesAConnectionThatHangs() throws IOException {
        Member two = members.start(2);
        try (Proxy proxy = new Proxy(two.port())) {
            Member one = members.start(1);
            one.transport().setPeers(Map.of(2L, proxy.address()));
            one.awaitEvent("connected 2");

            proxy.stall();
            one.awaitLastEvent("disconnected 2 OTHER");

            proxy.flow();
            one.awaitLastEvent("connected 2");
        }
    }

    @Test
    void aQuietConnectionStaysOpen() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);

        await().during(Duration.ofMillis(1500)) // three idle time-outs
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(one.recorder().events).containsExactly("connected 2"));
    }

    @Test
    void dropsWhatAPeerThatDoesNotReadCanNotTake() throws IOException {
        TransportOptions options = Members.fast()
                .liveness(Duration.ofSeconds(10), Duration.ofMinutes(1))
                .maxQueuedMessages(200)
                .build();
        try (Members slow = new Members(options)) {
            Member two = slow.start(2);
            try (Proxy proxy = new Proxy(two.port())) {
                Member one = slow.start(1);
                one.transport().setPeers(Map.of(2L, proxy.address()));
                one.awaitEvent("connected 2");

                proxy.stall();
                await().until(() -> {
                    one.transport().send(Collections.nCopies(100, large(0)));
                    return one.recorder().events.contains("unreachable 2");
                });
                proxy.flow();

                // What was taken arrives, in order, and the connection was never given up.
                await().untilAsserted(() -> assertThat(two.recorder().messages).hasSizeGreaterThanOrEqualTo(200));
                assertThat(one.recorder().events).doesNotContain("disconnected 2 OTHER");
                await().untilAsserted(() -> {
                    one.sendAppends(2, 1_000_000, 1_000_001);
                    assertThat(two.recorder().messages)
                            .last()
                            .extracting(Message::getIndex)
                            .isEqualTo(1_000_000L);
                });
            }
        }
    }

    @Test
    void dialsTheNewAddressOfAPeer() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        two.transport().close();
        Member moved = members.start(Members.identity(2));

        one.transport().setPeers(Map.of(2L, moved.address()));

        one.awaitLastEvent("connected 2");
        one.sendAppends(2, 0, 1);
        await().untilAsserted(() -> assertThat(moved.recorder().messages).hasSize(1));
    }

    @Test
    void leavesAPeerThatIsNoneAnyMore() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        one.awaitEvent("connected 2");
        two.transport().setPeers(Map.of());

        one.transport().setPeers(Map.of());

        await().untilAsserted(() -> {
            one.sendAppends(2, 0, 1);
            assertThat(one.recorder().events).contains("unreachable 2");
        });
        assertThat(one.recorder().events).noneMatch(event -> event.startsWith("disconnected"));
    }

    @Test
    void looksAHostNameUpAndGoesOnIfItIsUnknown() throws IOException {
        try (LogCapture log = new LogCapture()) {
            Member one = members.start(1);
            Member two = members.start(2);

            one.transport().setPeers(Map.of(2L, "localhost:" + two.port(), 3L, "nowhere.invalid:7400"));

            one.awaitEvent("connected 2");
            await().untilAsserted(() -> assertThat(log.lines())
                    .anyMatch(line -> line.contains("member 3") && line.contains("nowhere.invalid is not known")));
        }
    }

    private static Message large(long index) {
        return Members.append(1, 2, index).toBuilder()
                .addEntries(Entry.newBuilder().setData(ByteString.copyFrom(new byte[64 << 10])))
                .build();
    }
}
