package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.snapshot.SnapshotReceptions;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.RefusalReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who talks to whom, and what operators read if not. */
class HandshakeTests {
    private final Members members = new Members();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void close() {
        log.close();
        members.close();
    }

    @Test
    void introducesBothSidesToEachOther() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);

        assertThat(one.recorder().introduced).contains(new RemoteMember(77, "default", 2, 1002, "member2:7400"));
        assertThat(two.recorder().introduced).contains(new RemoteMember(77, "default", 1, 1001, "member1:7400"));
    }

    @Test
    void refusesAnotherCluster() throws IOException {
        assertRefused(new LocalMember(78, "default", 2, 1002, ""), "not of cluster 4e");
    }

    @Test
    void refusesAnotherGroup() throws IOException {
        assertRefused(new LocalMember(77, "orders", 2, 1002, ""), "not of group orders");
    }

    @Test
    void refusesItsOwnNodeId() throws IOException {
        assertRefused(new LocalMember(77, "default", 1, 1002, ""), "give each member a node id of its own");
    }

    @Test
    void refusesItself() throws IOException {
        assertRefused(Members.identity(1), "leads back to the member itself");
    }

    @Test
    void refusesAnAddressThatLeadsToAnotherMember() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);

        two.transport().setPeers(Map.of(3L, one.address()));

        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains("member 1 answered")));
        assertThat(two.recorder().events).isEmpty();
    }

    @Test
    void refusesWhomTheListenerRefuses() throws IOException {
        Member one = members.start(1);
        one.recorder().refusal = remote -> "member " + remote.nodeId() + " was removed: add it again";
        Member two = members.start(2);

        two.transport().setPeers(Map.of(1L, one.address()));

        await().untilAsserted(() -> assertThat(log.lines())
                .anyMatch(line -> line.contains("connecting to member 1") && line.contains("was removed: add it"))
                .anyMatch(line -> line.contains("member 2 at 127.0.0.1 was refused: member 2 was removed: add it")));
        assertThat(two.recorder().events).isEmpty();
        assertThat(two.recorder().refusals.get(1L)).contains("was removed: add it again");
        two.sendAppends(1, 0, 1);
        two.awaitEvent("unreachable 1");
        assertThat(one.recorder().messages).isEmpty();
    }

    @Test
    void whoIsKnownWithAnotherDirectoryIsToldSo() throws IOException {
        Member one = members.start(1);
        one.recorder().refusal = remote -> "it is known with another directory";
        one.recorder().otherDirectory = remote -> remote.nodeId() == 2;
        Member two = members.start(2);
        Member three = members.start(3);

        two.transport().setPeers(Map.of(1L, one.address()));
        three.transport().setPeers(Map.of(1L, one.address()));

        two.awaitEvent("other directory 1");
        await().untilAsserted(
                        () -> assertThat(three.recorder().refusals.get(1L)).contains("known with another directory"));
        assertThat(two.recorder().refusals.get(1L)).contains("known with another directory");
        assertThat(three.recorder().events).isEmpty();
    }

    @Test
    void theSideThatDialledMayRefuseToo() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        two.recorder().refusal = remote -> "no, thank you";

        two.transport().setPeers(Map.of(1L, one.address()));

        await().untilAsserted(() -> assertThat(log.lines())
                .anyMatch(line -> line.contains("was given up by this side: no, thank you"))
                .anyMatch(line -> line.contains("member 2 refused this member: no, thank you")));
        assertThat(two.recorder().events).isEmpty();
        assertThat(two.recorder().refusals.get(1L)).contains("no, thank you");
    }

    @Test
    void saysEachThingOnce() throws IOException {
        try (Proxy proxy = new Proxy(1)) { // nobody listens there
            Member one = members.start(1);
            one.transport().setPeers(Map.of(2L, proxy.address(), 3L, "127.0.0.1:1"));

            await().untilAsserted(() -> assertThat(log.lines())
                    .anyMatch(line -> line.contains("member 2"))
                    .anyMatch(line -> line.contains("member 3")));
            await().during(Duration.ofMillis(300))
                    .untilAsserted(() -> assertThat(log.lines()).hasSize(2));
        }
    }

    @Test
    void whoDoesNotKnowItsClusterYetIsToldAndDoesNothingBefore() throws IOException {
        Member one = members.start(1);
        Member joining = members.start(new LocalMember(0, "default", 2, 1002, "member2:7400"));
        one.transport().setPeers(Map.of(2L, joining.address()));
        joining.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() -> assertThat(joining.recorder().unsettled)
                .contains(new RemoteMember(77, "default", 1, 1001, "member1:7400")));

        joining.sendAppends(1, 0, 1);
        var request = joining.transport().request(1, ByteString.EMPTY, Duration.ofSeconds(20));
        assertThat(NettyTransportTests.failureOf(request).certainlyNotSent()).isTrue();
        joining.awaitEvent("unreachable 1");
        assertThat(one.recorder().events).isEmpty();
        assertThat(joining.recorder().refusals.get(1L)).contains("id of its cluster, 4d");

        joining.transport().clusterIdLearned(77);
        joining.awaitLastEvent("connected 1");
        one.awaitLastEvent("connected 2");
        joining.sendAppends(1, 0, 1);
        await().untilAsserted(() -> assertThat(one.recorder().messages).hasSize(1));
        Member foreign = members.start(new LocalMember(78, "default", 4, 1004, ""));
        foreign.transport().setPeers(Map.of(2L, joining.address()));
        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains("not of cluster 4e")));
    }

    @Test
    void twoThatJoinHaveNothingToTellEachOther() throws IOException {
        Member one = members.start(new LocalMember(0, "default", 1, 1001, "member1:7400"));
        Member two = members.start(new LocalMember(0, "default", 2, 1002, "member2:7400"));
        one.transport().setPeers(Map.of(2L, two.address()));

        await().untilAsserted(() -> assertThat(one.recorder().refusals.get(2L)).contains("both join"));
        assertThat(one.recorder().events).isEmpty();
        assertThat(two.recorder().confirmed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -2, -3, Long.MIN_VALUE})
    void whatIsNoIdOfAMemberIsRefusedOnBothSides(long id) throws IOException {
        Member one = members.start(1);
        Member stranger = members.start(new LocalMember(77, "default", id, 1009, ""));

        stranger.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() ->
                assertThat(stranger.recorder().refusals.get(1L)).contains("Node ids are whole numbers from 1 upwards"));
        one.transport().setPeers(Map.of(id, stranger.address()));
        await().untilAsserted(() ->
                assertThat(one.recorder().refusals.get(id)).contains("Node ids are whole numbers from 1 upwards"));
        for (Purpose purpose : List.of(Purpose.PURPOSE_STREAM, Purpose.PURPOSE_SNAPSHOT)) {
            try (RawPeer raw = new RawPeer(one.port())) {
                Hello hello = RawPeer.hello(Members.identity(9), purpose).toBuilder()
                        .setNodeId(id)
                        .build();
                raw.say(RawPeer.PREFACE, RawPeer.frame(Frame.newBuilder().setHello(hello)));
                assertThat(raw.hear()).isNotNull().satisfies(answer -> assertThat(
                                answer.getRefusal().getReason())
                        .isEqualTo(RefusalReason.REFUSAL_REASON_NODE_ID));
                assertThat(raw.isClosedByOtherSide()).isTrue();
            }
        }
        assertThat(one.recorder().introduced).isEmpty();
        assertThat(one.recorder().events).isEmpty();
    }

    @Test
    void theSecondConnectionOfAMemberTakesThePlaceOfTheFirst() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        two.transport().setPeers(Map.of(1L, one.address()));
        two.awaitEvent("connected 1");
        Member copy = members.start(Members.identity(2));

        copy.transport().setPeers(Map.of(1L, one.address()));

        copy.awaitEvent("connected 1");
        two.awaitLastEvent("disconnected 1 OTHER");
        one.sendAppends(2, 0, 1);
        await().untilAsserted(() -> assertThat(copy.recorder().messages).hasSize(1));
        assertThat(two.recorder().messages).isEmpty();
        assertThat(log.lines()).anyMatch(line -> line.contains("two processes run with this node id"));
        // It comes back at once, finds that the copy is there, and does not fight for the place.
        await().untilAsserted(() -> assertThat(two.recorder().refusals.get(1L)).contains("two processes run"));
        await().during(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(copy.recorder().events).containsExactly("connected 1"));
    }

    @Test
    void whoWasReplacedBySomebodyThatIsGoneIsBackAtOnce() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        two.transport().setPeers(Map.of(1L, one.address()));
        two.awaitEvent("connected 1");

        // It knows all that there is to know, answers, and then says no more: as a process that was suspended.
        try (RawPeer silent =
                RawPeer.connected(one.port(), RawPeer.hello(Members.identity(2), Purpose.PURPOSE_STREAM))) {
            two.awaitLastEvent("connected 1");
            assertThat(two.recorder().events)
                    .containsExactly("connected 1", "unreachable 1", "disconnected 1 OTHER", "connected 1");
            assertThat(two.recorder().refusals).isEmpty();
            assertThat(silent.isClosedByOtherSide()).isTrue();
        }
    }

    private void assertRefused(LocalMember other, String reason) throws IOException {
        Member one = members.start(1);
        Member two = members.start(other);

        two.transport().setPeers(Map.of(other.nodeId() == 1 ? 9L : 1L, one.address()));

        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains(reason)));
        await().untilAsserted(() -> assertThat(log.lines())
                .filteredOn(line -> line.startsWith("connecting"))
                .hasSize(1));
        assertThat(List.of(one.recorder().events, two.recorder().events)).allMatch(List::isEmpty);
        assertThat(one.recorder().introduced).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyWhoIsThereForCertainIsToldToBeTurnedAway(boolean eachOther) throws IOException {
        Member one = members.start(1);
        one.recorder().refusal = remote -> "not wanted";
        try (RawPeer stranger = new RawPeer(one.port())) {
            stranger.say(
                    RawPeer.PREFACE,
                    RawPeer.frame(
                            Frame.newBuilder().setHello(RawPeer.hello(Members.identity(2), Purpose.PURPOSE_STREAM))));
            assertThat(stranger.isClosedByOtherSide()).isTrue();
        }
        assertThat(one.recorder().introduced).hasSize(1);
        assertThat(one.recorder().turnedAway).isEmpty();

        Member two = members.start(2);
        two.recorder().refusal = remote -> eachOther ? "not wanted either" : null;
        one.transport().setPeers(Map.of(2L, two.address()));
        await().untilAsserted(() ->
                assertThat(one.recorder().turnedAway).isNotEmpty().allMatch(remote -> remote.nodeId() == 2));
        assertThat(two.recorder().turnedAway).as("it did not dial").isEmpty();
    }

    @Test
    void soManySendersOfSnapshotsAtOnceAndNoMore() throws IOException {
        Member one = members.start(1);
        var senders = new ArrayList<RawPeer>();
        try {
            for (int i = 0; i < SnapshotReceptions.MAX_SENDERS; i++) {
                senders.add(RawPeer.connected(
                        one.port(), RawPeer.hello(Members.identity(10 + i), Purpose.PURPOSE_SNAPSHOT)));
            }
            try (RawPeer more =
                    RawPeer.connected(one.port(), RawPeer.hello(Members.identity(9), Purpose.PURPOSE_SNAPSHOT))) {
                assertThat(java.util.Objects.requireNonNull(more.hear())
                                .getRefusal()
                                .getReason())
                        .isEqualTo(RefusalReason.REFUSAL_REASON_OVERLOADED);
            }
            // Who is among them may always begin anew.
            try (RawPeer again =
                    RawPeer.connected(one.port(), RawPeer.hello(Members.identity(10), Purpose.PURPOSE_SNAPSHOT))) {
                assertThat(senders.get(0).isClosedByOtherSide()).isTrue();
                assertThat(again.said()).isNotEmpty();
            }
        } finally {
            for (RawPeer sender : senders) {
                sender.close();
            }
        }
    }
}
