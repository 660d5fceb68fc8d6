package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.Reach;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.handshake.DialFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that may be at one of several addresses. */
class SeveralPlacesTests {
    private static final PeerAddress A = new PeerAddress("a", 1);
    private static final PeerAddress B = new PeerAddress("b", 1);
    private static final PeerAddress C = new PeerAddress("c", 1);
    private static final DialFailure REFUSED = new DialFailure(DialFailure.Kind.CONNECTION_REFUSED, "failed: refused");
    private static final DialFailure UNWANTED = new DialFailure(DialFailure.Kind.NOT_ACCEPTED, "is somebody else");

    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    private static String nobodysAddress() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Members.HOST + ":" + socket.getLocalPort();
        }
    }

    private static void awaitDialled(Member member, long peer) {
        await().untilAsserted(() -> assertThat(member.transport().reach()).containsEntry(peer, Reach.DIALLED));
    }

    @Test
    void peerIsFoundWhereItIsThoughNobodyIsWhereItIsLikeliest() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        one.transport().setPeerAddresses(Map.of(2L, List.of(nobodysAddress(), two.address())));
        awaitDialled(one, 2);
        one.sendAppends(2, 0, 1);
        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(1));
    }

    @Test
    void anotherMemberAtTheFirstAddressDoesNoHarmAndIsNotComplainedOf() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Member three = members.start(3);
        one.transport().setPeerAddresses(Map.of(2L, List.of(three.address(), two.address())));
        awaitDialled(one, 2);
        assertThat(one.recorder().events).contains("connected 2").noneMatch(event -> event.startsWith("refused 2"));
        assertThat(three.recorder().messages).isEmpty();
    }

    @Test
    void whereAllFailEachIsNamed() throws IOException {
        Member one = members.start(1);
        var first = nobodysAddress();
        var second = nobodysAddress();
        one.transport().setPeerAddresses(Map.of(2L, List.of(first, second)));
        await().untilAsserted(() -> assertThat(one.transport().obstacles().get(2L))
                .startsWith("the attempt at ")
                .contains("at " + first + " failed")
                .contains("at " + second + " failed"));
        Member two = members.start(2);
        one.transport().setPeerAddresses(Map.of(2L, List.of(first, second, two.address())));
        awaitDialled(one, 2);
    }

    @Test
    void connectionStaysWhenALikelierAddressComesAndEndsWhenItsOwnGoes() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        one.transport().setPeerAddresses(Map.of(2L, List.of(two.address())));
        one.awaitEvent("connected 2");
        one.transport().setPeerAddresses(Map.of(2L, List.of(nobodysAddress(), two.address())));
        one.sendAppends(2, 0, 1);
        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(1));
        assertThat(one.recorder().events).containsExactly("connected 2");
        one.transport().setPeerAddresses(Map.of(2L, List.of(nobodysAddress())));
        one.awaitLastEvent("disconnected 2 OTHER");
    }

    @Test
    void whatIsDiscoveredIsTriedAsWell() throws IOException {
        Member two = members.start(2);
        var recorder = new Recorder();
        try (var one = new NettyTransport(
                Members.HOST, 0, Members.fast().build(), (PeerDiscovery) id -> id == 2 ? two.address() : null)) {
            one.start(Members.identity(1), recorder);
            one.setPeers(Map.of(2L, nobodysAddress()));
            await().untilAsserted(() -> assertThat(one.reach()).containsExactly(Map.entry(2L, Reach.DIALLED)));
        }
    }

    @Test
    void oneThatWorkedIsStayedWithAndTheOthersFollowItsFailure() {
        var places = new DialPlaces(List.of(A, B, C));
        assertThat(places.next()).isEqualTo(A);
        assertThat(places.failed(REFUSED)).isFalse();
        assertThat(places.next()).isEqualTo(B);
        places.reached();
        assertThat(places.next()).isEqualTo(B);
        assertThat(places.failed(REFUSED)).isFalse();
        assertThat(places.next()).isEqualTo(C);
        assertThat(places.failed(UNWANTED)).isFalse();
        assertThat(places.next()).isEqualTo(A);
        assertThat(places.failed(REFUSED)).isTrue();
        assertThat(places.refusal()).isEqualTo("is somebody else");
        assertThat(places.isNotAcceptedAnywhere()).isFalse();
        assertThat(places.describe())
                .isEqualTo("at b:1 failed: refused; at c:1 is somebody else; at a:1 failed: refused");
        assertThat(places.next()).isEqualTo(B);
    }

    @Test
    void whatIsNewIsTriedFirstUnlessThePeerIsThere() {
        var places = new DialPlaces(List.of(A, B));
        assertThat(places.next()).isEqualTo(A);
        places.failed(UNWANTED);
        places.change(List.of(C, A), false);
        assertThat(places.next()).isEqualTo(C);
        places.reached();
        places.change(List.of(A, C), true);
        assertThat(places.next()).isEqualTo(C);
        places.failed(UNWANTED);
        assertThat(places.next()).isEqualTo(A);
        assertThat(places.failed(UNWANTED)).isTrue();
        assertThat(places.isNotAcceptedAnywhere()).isTrue();
    }
}
