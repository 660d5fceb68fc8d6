package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Group;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.proto.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of several releases, byte by byte: which version of the protocol they find, and what is said if there is none. */
class VersionTests {
    /**
     * As a member of version 2 introduces itself for a stream: cluster 77, group "default", member 9, incarnation 1009,
     * address "member9:7400", no run, challenge "challenge".
     */
    private static final String HELLO_OF_VERSION_2 = "080211" + "4d00000000000000" + "1a0764656661756c74" + "2009"
            + "29" + "f103000000000000" + "320c6d656d626572393a37343030" + "3801" + "4200" + "4a096368616c6c656e6765";

    private final Members members = new Members();
    private final LogCapture log = new LogCapture();

    @AfterEach
    void close() {
        log.close();
        members.close();
    }

    private static byte[] helloOfVersion2() {
        byte[] hello = HexFormat.of().parseHex(HELLO_OF_VERSION_2);
        byte[] frame = RawPeer.concat(new byte[] {0x22, (byte) hello.length}, hello);
        return RawPeer.concat(RawPeer.length(frame.length), frame);
    }

    private static Hello.Builder hello(int lowest, int highest) {
        return RawPeer.hello(Members.identity(9), Purpose.PURPOSE_STREAM).toBuilder()
                .setLowestVersion(lowest)
                .setHighestVersion(highest);
    }

    @Test
    void memberOfTheVersionBeforeIsServedAsItKnowsIt() throws IOException {
        Member one = members.start(1);
        try (RawPeer older = new RawPeer(one.port())) {
            older.say(RawPeer.PREFACE, helloOfVersion2());
            Hello answer = Objects.requireNonNull(older.hear()).getHello();
            // What it looks at, and nothing else of it.
            assertThat(answer.getLowestVersion()).isEqualTo(2);
            assertThat(answer.getGroup()).isEqualTo("default");
            assertThat(answer.getClusterId()).isEqualTo(77);
            assertThat(answer.getNodeId()).isEqualTo(1);
            assertThat(answer.getIncarnation()).isEqualTo(1001);
            assertThat(answer.getAnswer()).isEqualTo(ByteString.copyFromUtf8("challenge"));
            older.confirm(answer);

            assertServed(one, older);
        }
    }

    @Test
    void memberOfTheVersionBeforeIsDialledAsItKnowsIt() throws Exception {
        Member one = members.start(1);
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            one.transport().setPeers(Map.of(9L, Members.HOST + ":" + server.getLocalPort()));
            try (RawPeer older = new RawPeer(server.accept())) {
                Hello hello = Objects.requireNonNull(older.hear()).getHello();
                assertThat(hello.getLowestVersion()).as("else it would refuse").isEqualTo(2);
                assertThat(hello.getGroup()).isEqualTo("default");
                // Its answer repeats the challenge, in field 10.
                byte[] answer = RawPeer.concat(
                        HexFormat.of().parseHex(HELLO_OF_VERSION_2),
                        new byte[] {0x52, (byte) hello.getChallenge().size()},
                        hello.getChallenge().toByteArray());
                byte[] frame = RawPeer.concat(new byte[] {0x22, (byte) answer.length}, answer);
                older.say(RawPeer.PREFACE, RawPeer.length(frame.length), frame);
                assertThat(Objects.requireNonNull(older.hear())
                                .getConfirmation()
                                .getAnswer())
                        .isEqualTo(ByteString.copyFromUtf8("challenge"));
                one.awaitEvent("connected 9");

                one.sendAppends(9, 0, 1);
                // Byte by byte what the version before says: no group.
                assertThat(older.hearOfGroups())
                        .isEqualTo(Frame.newBuilder()
                                .addMessages(Members.append(1, 9, 0))
                                .build());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2, 3", "3, 3", "2, 4", "4, 4", "3, 9"})
    void whoHasAVersionInCommonIsServed(int lowest, int highest) throws IOException {
        Member one = members.start(1);
        try (RawPeer peer = RawPeer.connected(one.port(), hello(lowest, highest).build())) {
            assertServed(one, peer);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 'versions 2 to 4 of the protocol, and member 9 version 1', 9",
        "1, 1, 'versions 2 to 4 of the protocol, and member 9 version 1', 9",
        "5, 6, 'versions 2 to 4 of the protocol, and member 9 versions 5 to 6', 1"
    })
    void whoHasNoneIsToldBothAndWhomToUpdateFirst(int lowest, int highest, String versions, int first)
            throws IOException {
        Member one = members.start(1);
        try (RawPeer peer = new RawPeer(one.port())) {
            peer.say(RawPeer.PREFACE, RawPeer.frame(Frame.newBuilder().setHello(hello(lowest, highest))));
            var refusal = Objects.requireNonNull(peer.hear()).getRefusal();
            assertThat(refusal.getReason()).isEqualTo(RefusalReason.REFUSAL_REASON_PROTOCOL_VERSION);
            assertThat(refusal.getMessage())
                    .isEqualTo("member 1 of group default, cluster 4d speaks " + versions
                            + ", so that they have none in common: update member " + first + " first");
            assertThat(peer.isClosedByOtherSide()).isTrue();
        }
        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains(versions)));
        assertThat(one.recorder().introduced).as("nobody is asked about it").isEmpty();
    }

    @Test
    void groupOfNobodyHereIsRefusedByNameOnTheRightProcess() throws IOException {
        Member one = members.start(1);
        for (int highest : new int[] {2, 3, 4}) {
            try (RawPeer peer = new RawPeer(one.port())) {
                var hello = hello(2, highest)
                        .setGroup("orders")
                        .clearGroups()
                        .addGroups(Group.newBuilder().setName("orders"));
                peer.say(RawPeer.PREFACE, RawPeer.frame(Frame.newBuilder().setHello(hello)));
                var refusal = Objects.requireNonNull(peer.hear()).getRefusal();
                assertThat(refusal.getReason()).isEqualTo(RefusalReason.REFUSAL_REASON_GROUP);
                assertThat(refusal.getMessage())
                        .isEqualTo("this is member 1 of group default, cluster 4d, not of group orders: correct the"
                                + " address");
            }
        }
    }

    /** A process of a later release that takes part in several groups, of which this one has the second only. */
    @Test
    void processOfSeveralGroupsIsServedInTheOneThatIsHere() throws IOException {
        Member one = members.start(1);
        var hello = hello(3, 3)
                .clearGroups()
                .addGroups(Group.newBuilder().setName("orders"))
                .addGroups(Group.newBuilder().setName("default"))
                .setGroup("orders");
        try (RawPeer peer = new RawPeer(one.port())) {
            peer.say(RawPeer.PREFACE, RawPeer.frame(Frame.newBuilder().setHello(hello)));
            Hello answer = Objects.requireNonNull(peer.hear()).getHello();
            assertThat(answer.getGroupsList()).singleElement().satisfies(group -> assertThat(group.getName())
                    .isEqualTo("default"));
            assertThat(answer.getGroupRefusalsList()).singleElement().satisfies(refusal -> {
                assertThat(refusal.getName()).isEqualTo("orders");
                assertThat(refusal.getMessage()).contains("not of group orders");
            });
            peer.confirm(answer);

            var stranger = Frame.newBuilder().setGroup(0).addMessages(Members.append(9, 1, 6));
            var message = Frame.newBuilder().setGroup(1).addMessages(Members.append(9, 1, 7));
            peer.say(RawPeer.frame(stranger), RawPeer.frame(message));
            await().untilAsserted(() -> assertThat(one.recorder().messages).containsExactly(Members.append(9, 1, 7)));
            assertThat(log.lines()).anyMatch(line -> line.contains("sent a frame for a group that was not agreed on"));

            var question = Request.newBuilder().setId(5).setPayload(ByteString.copyFromUtf8("x"));
            peer.say(RawPeer.frame(Frame.newBuilder().setGroup(1).addRequests(question)));
            Frame reply = Objects.requireNonNull(peer.hearOfGroups());
            assertThat(reply.getGroup()).isEqualTo(1);
            assertThat(reply.getResponses(0).getId()).isEqualTo(5);
        }
    }

    @Test
    void frameWithoutChecksumsIsRefusedWhereTheyWereAgreedOn() throws IOException {
        Member one = members.start(1);
        try (RawPeer peer = RawPeer.connected(one.port(), hello(2, 4).build())) {
            peer.say(RawPeer.frame(Frame.newBuilder().addMessages(Members.append(9, 1, 7))));
            assertThat(peer.isClosedByOtherSide()).isTrue();
        }
        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains("was damaged on its way")));
        assertThat(one.recorder().messages).isEmpty();
    }

    private static void assertServed(Member one, RawPeer peer) throws IOException {
        peer.sayFrame(Frame.newBuilder()
                .addMessages(Members.append(9, 1, 7))
                .addRequests(Request.newBuilder().setId(5).setPayload(ByteString.copyFromUtf8("x"))));
        Frame reply = Objects.requireNonNull(peer.hearOfGroups());
        assertThat(reply.getGroup()).isZero();
        assertThat(reply.getResponses(0).getId()).isEqualTo(5);
        await().untilAsserted(() -> assertThat(one.recorder().messages).containsExactly(Members.append(9, 1, 7)));
        assertThat(one.recorder().confirmed).singleElement().satisfies(remote -> {
            assertThat(remote.nodeId()).isEqualTo(9);
            assertThat(remote.group().name()).isEqualTo("default");
        });
    }

    /** Whoever asks for many groups that nobody has is not told more than fits into the frame of a handshake. */
    @ParameterizedTest
    @ValueSource(ints = {40, 2000})
    void answerToManyGroupsThatAreNotHereFitsIntoAHandshake(int count) throws IOException {
        Member one = members.start(1);
        var many = hello(2, 3);
        for (int i = 0; i < count; i++) {
            many.addGroups(Group.newBuilder().setName(count > 1000 ? "" : "other" + i));
        }
        try (RawPeer peer = new RawPeer(one.port())) {
            peer.say(RawPeer.PREFACE, RawPeer.frame(Frame.newBuilder().setHello(many)));
            var answer = Objects.requireNonNull(peer.hear());
            assertThat(answer.getHello().getGroupRefusalsCount()).isPositive();
            assertThat(answer.getSerializedSize()).isLessThan(Frames.MAX_HANDSHAKE_FRAME_BYTES);
        }
    }
}
