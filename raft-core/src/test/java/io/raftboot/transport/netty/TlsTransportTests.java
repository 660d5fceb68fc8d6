package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.Reach;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TlsMaterial;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that speak TLS: all channels, who is believed, other certificates at run time, and the way from plain to TLS. */
class TlsTransportTests {
    private static final String NOWHERE = "127.0.0.1:1";
    private static final ByteString QUESTION = ByteString.copyFromUtf8("question");

    private final SecuredMembers members = new SecuredMembers();

    @AfterEach
    void close() {
        members.close();
    }

    private static void assertAnswers(Member one, Member two) throws Exception {
        assertThat(one.transport()
                        .request(two.id(), QUESTION, Duration.ofSeconds(20))
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(QUESTION);
    }

    private static byte[] sendSnapshot(Member one, Member two) throws Exception {
        byte[] content = new byte[600_000];
        new Random(5).nextBytes(content);
        var offer = Message.newBuilder()
                .setType(MessageType.MSG_SNAP)
                .setFrom(one.id())
                .setTo(two.id())
                .setTerm(3)
                .build();
        one.transport()
                .sendSnapshot(offer, new Bytes(ByteString.copyFrom(content)))
                .get(30, TimeUnit.SECONDS);
        return content;
    }

    @Test
    void messagesRequestsAndSnapshotsGoByTls() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        one.sendAppends(2, 0, 2000);
        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(2000));
        assertThat(two.recorder().messages).extracting(Message::getIndex).isSorted();
        assertAnswers(one, two);
        assertAnswers(two, one);
        byte[] content = sendSnapshot(one, two);
        assertThat(two.recorder().file.bytes()).isEqualTo(content);
        assertThat(members.security(one).status().plainPeers()).isEmpty();
        assertThat(members.security(one).status().refused()).isEmpty();
    }

    @Test
    void whoCanNotBeDialledFetchesItsSnapshotByTls() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        one.transport().setPeers(Map.of(2L, NOWHERE));
        two.transport().setPeers(Map.of(1L, one.address()));
        one.awaitEvent("connected 2");
        byte[] content = sendSnapshot(one, two);
        assertThat(two.recorder().file.bytes()).isEqualTo(content);
    }

    @Test
    void largeFrameGoesByTlsUnchanged() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        byte[] data = new byte[3 << 20];
        new Random(6).nextBytes(data);
        Message large = Members.append(1, 2, 5).toBuilder()
                .setContext(ByteString.copyFrom(data))
                .build();
        // A connection that the machine leaves without a processor for long is made anew, and what was on it is lost.
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    one.transport().send(List.of(large));
                    assertThat(two.recorder().messages).contains(large);
                });
    }

    private void assertStaysOut(Member one, Member stranger, String reason) {
        one.transport().setPeers(Map.of(stranger.id(), stranger.address()));
        stranger.transport().setPeers(Map.of(one.id(), one.address()));
        await().untilAsserted(() -> {
            assertThat(one.recorder().refusals)
                    .hasEntrySatisfying(stranger.id(), said -> assertThat(said).contains(reason));
            assertThat(stranger.recorder().refusals).containsKey(one.id());
        });
        assertThat(one.recorder().events).isEmpty();
        assertThat(one.recorder().introduced).isEmpty();
    }

    @Test
    void certificateOfTheSameIssuerSpeaksForNoOtherMember() throws IOException {
        Member one = members.start(1);
        var stolen = SecuredMembers.impostor(SecuredMembers.certificate(3), 3, SecuredMembers.CLUSTER);
        Member stranger = members.start(2, stolen, Members.fast().build());
        assertStaysOut(one, stranger, "is spiffe://example.org/raft/orders/3, and not of member 2 of cluster orders");
        await().untilAsserted(() ->
                assertThat(members.security(one).status().refused()).containsKey(TransportSecurity.Refused.IDENTITY));
    }

    @Test
    void certificateOfAnotherClusterSpeaksForNoMemberOfThisOne() throws IOException {
        Member one = members.start(1);
        var issued = SecuredMembers.AUTHORITY.issue(TestAuthority.uri("stock", 2));
        Member stranger = members.start(
                2, SecuredMembers.impostor(issued, 2, "stock"), Members.fast().build());
        assertStaysOut(one, stranger, "raft/stock/2, and not of member 2 of cluster orders");
    }

    @Test
    void certificateOfAnotherIssuerIsNotBelieved() throws IOException {
        Member one = members.start(1);
        var other = new TestAuthority("other");
        var security = new TransportSecurity(
                Mode.REQUIRED,
                new PeerNaming(SecuredMembers.CLUSTER, null, null),
                2,
                List.of(),
                other.material(other.issue(TestAuthority.uri(SecuredMembers.CLUSTER, 2))));
        Member stranger = members.start(2, security, Members.fast().build());
        assertStaysOut(one, stranger, "TLS");
    }

    @Test
    void memberWithoutTlsStaysOutAndOneWithItDoesNotFallBack() throws IOException {
        Member one = members.start(1);
        Member plain = members.start(2, null, Members.fast().build());
        one.transport().setPeers(Map.of(2L, plain.address()));
        plain.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() ->
                assertThat(members.security(one).status().refused()).containsKey(TransportSecurity.Refused.PLAIN));
        await().untilAsserted(() -> assertThat(one.transport().obstacles()).containsKey(2L));
        assertThat(one.recorder().introduced).isEmpty();
        assertThat(plain.recorder().introduced).isEmpty();
    }

    @Test
    void nameOfTheHostSpeaksForWhoIsReachedThere() throws Exception {
        Member one = byName(1, Members.HOST);
        Member two = byName(2, Members.HOST);
        Members.connect(one, two);
        assertAnswers(one, two);
        Member three = byName(3, "node3.example.org");
        one.transport().setPeers(Map.of(2L, two.address(), 3L, three.address()));
        await().untilAsserted(() -> assertThat(one.recorder().refusals)
                .hasEntrySatisfying(3L, said -> assertThat(said).contains("is of node3.example.org, and not of")));
    }

    @Test
    void whoJoinsIsNobodysPeerAndIsKnownByItsUri() throws Exception {
        Member one = members.start(1);
        Member joining = members.start(9);
        joining.transport().setPeers(Map.of(1L, one.address()));
        joining.awaitEvent("connected 1");
        assertAnswers(joining, one);
        Member named = byName(8, "node8.example.org");
        named.transport().setPeers(Map.of(1L, one.address()));
        await().untilAsserted(() -> assertThat(named.recorder().refusals).containsKey(1L));
        assertThat(one.recorder().introduced).extracting(RemoteMember::nodeId).containsOnly(9L);
    }

    private Member byName(long id, String name) throws IOException {
        var security = new TransportSecurity(
                Mode.REQUIRED,
                new PeerNaming(SecuredMembers.CLUSTER, null, null),
                id,
                List.of(),
                SecuredMembers.AUTHORITY.material(SecuredMembers.AUTHORITY.issue(name)));
        return members.start(id, security, Members.fast().build());
    }

    @Test
    void otherCertificatesAreShownOnNewConnectionsAndOldOnesAreMadeAnew() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        await().untilAsserted(() -> {
            assertThat(one.transport().reach()).containsValue(Reach.DIALLED);
            assertThat(two.transport().reach()).containsValue(Reach.DIALLED);
        });
        int before = one.recorder().confirmed.size();
        var issued = SecuredMembers.certificate(1);
        assertThat(members.security(one).replace(SecuredMembers.AUTHORITY.material(issued)))
                .isTrue();
        // The one that it dialled and the one that it accepted.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(one.recorder().confirmed).hasSizeGreaterThanOrEqualTo(before + 2));
        assertAnswers(one, two);
        assertAnswers(two, one);
        try (var client = new TlsClient(one.port(), SecuredMembers.certificate(9))) {
            assertThat(client.peer()).isEqualTo(issued.certificate());
        }
    }

    @Test
    void certificatesThatNobodyBelievesCostOneConnectionAndNoMore() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        Member three = members.start(3);
        Members.connect(one, two, three);
        await().untilAsserted(() -> assertThat(one.transport().reach())
                .containsOnly(Map.entry(2L, Reach.DIALLED), Map.entry(3L, Reach.DIALLED)));
        var other = new TestAuthority("other");
        var issued = other.issue(TestAuthority.uri(SecuredMembers.CLUSTER, 1));
        // It trusts the issuer of the others as well, who do not trust its own.
        members.security(one)
                .replace(new TlsMaterial(
                        TestAuthority.context(issued, other, SecuredMembers.AUTHORITY),
                        List.of(issued.certificate()),
                        List.of(),
                        List.of()));
        await().untilAsserted(() -> assertThat(two.recorder().refusals.size()
                        + three.recorder().refusals.size()
                        + one.recorder().refusals.size())
                .isPositive());
        await().during(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(one.recorder().events)
                    .filteredOn(event -> event.startsWith("disconnected"))
                    .isEmpty();
            assertAnswers(one, two);
            assertAnswers(one, three);
        });
        members.security(one).replace(SecuredMembers.material(1));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(one.transport().reach())
                        .containsOnly(Map.entry(2L, Reach.DIALLED), Map.entry(3L, Reach.DIALLED)));
    }

    @Test
    void permissiveMembersSpeakTlsWithEachOtherAndPlainWithTheRest() throws Exception {
        Member one = members.start(1, Mode.PERMISSIVE);
        Member two = members.start(2, Mode.PERMISSIVE);
        Member plain = members.start(3, null, Members.fast().build());
        Members.connect(one, two, plain);
        assertAnswers(one, two);
        assertAnswers(one, plain);
        assertAnswers(plain, two);
        byte[] content = sendSnapshot(one, plain);
        assertThat(plain.recorder().file.bytes()).isEqualTo(content);
        await().untilAsserted(() -> {
            assertThat(members.security(one).status().plainPeers()).containsExactly(3L);
            assertThat(members.security(two).status().plainPeers()).containsExactly(3L);
        });
        plain.transport().close();
        await().untilAsserted(() ->
                assertThat(members.security(one).status().plainPeers()).isEmpty());
    }

    @Test
    void permissiveMemberAndOneThatRequiresTlsSpeakIt() throws Exception {
        Member one = members.start(1, Mode.PERMISSIVE);
        Member two = members.start(2, Mode.REQUIRED);
        Members.connect(one, two);
        assertAnswers(one, two);
        assertAnswers(two, one);
        assertThat(members.security(one).status().plainPeers()).isEmpty();
    }

    @Test
    void permissiveMemberWithAWrongCertificateIsReachedAndNamed() throws Exception {
        try (var log = new LogCapture()) {
            Member one = members.start(1, Mode.PERMISSIVE);
            var wrong = new TransportSecurity(
                    Mode.PERMISSIVE,
                    new PeerNaming(SecuredMembers.CLUSTER, null, null),
                    3,
                    List.of(),
                    SecuredMembers.material(3));
            Member two = members.start(2, wrong, Members.fast().build());
            Members.connect(one, two);
            assertAnswers(one, two);
            assertThat(members.security(one).status().plainPeers()).containsExactly(2L);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("connecting to member 2 at")
                            && line.contains("and not of member 2 of cluster orders; trying without"));
        }
    }

    /** A file in memory. */
    private record Bytes(ByteString content) implements SnapshotSource {
        @Override
        public long length() {
            return content.size();
        }

        @Override
        public int read(long offset, ByteBuffer into) {
            int length = (int) Math.min(into.remaining(), content.size() - offset);
            into.put(content.substring((int) offset, (int) offset + length).asReadOnlyByteBuffer());
            return length;
        }

        @Override
        public void close() {}
    }
}
