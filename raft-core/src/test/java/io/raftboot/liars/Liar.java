package io.raftboot.liars;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.liars.Lies.Present;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.netty.RawPeer;
import io.raftboot.transport.netty.handshake.HelloFormat;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Request;
import io.raftboot.transport.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Somebody who has what one member has, its certificate and key among it, and says to the others what that one never would. */
final class Liar {
    private static final int FRAMES = 100;
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final long LAST_REQUEST = 1L << 50;
    private static final int MOST_BYTES = 4_096;

    private final HonestMembers members;
    private final long stolen;
    private final Lies lies;
    private final SSLContext certificate;
    private final List<SSLContext> useless;
    private final Map<Way, Integer> told = new EnumMap<>(Way.class);

    /** What is lied about. */
    enum Way {
        BYTES,
        INTRODUCTION,
        MESSAGES,
        SNAPSHOT,
        FETCH,
        CERTIFICATE
    }

    Liar(HonestMembers members, long stolen, long seed) {
        this.members = members;
        this.stolen = stolen;
        this.lies = new Lies(seed, stolen);
        this.certificate = shown(HonestMembers.AUTHORITY, HonestMembers.CLUSTER, stolen);
        this.useless = List.of(
                shown(HonestMembers.AUTHORITY, HonestMembers.CLUSTER, 9),
                shown(HonestMembers.AUTHORITY, "stock", stolen),
                shown(new TestAuthority("stranger"), HonestMembers.CLUSTER, stolen),
                TestAuthority.context(null, HonestMembers.AUTHORITY));
    }

    private static SSLContext shown(TestAuthority authority, String cluster, long id) {
        return TestAuthority.context(authority.issue(TestAuthority.uri(cluster, id)), HonestMembers.AUTHORITY);
    }

    /** How often it lied in which way. */
    Map<Way, Integer> told() {
        return told;
    }

    /** Comes once, and says what it has to say. */
    void lie(long target, long term, long lastIndex) {
        var ways = Way.values();
        var way = lies.random().nextBoolean()
                ? Way.MESSAGES
                : ways[lies.random().nextInt(members.secured() ? ways.length : ways.length - 1)];
        told.merge(way, 1, Integer::sum);
        var present = new Present(target, term, lastIndex);
        try {
            switch (way) {
                case BYTES -> sayBytes(target);
                case INTRODUCTION -> introduceOddly(target);
                case MESSAGES -> sayMessages(present);
                case SNAPSHOT -> offerSnapshot(present);
                case FETCH -> fetch(target);
                case CERTIFICATE -> showAnotherCertificate(target);
            }
        } catch (IOException e) {
            // It was closed on what came first, which is what members do with liars.
        }
    }

    private RawPeer connect(long target) throws IOException {
        return connect(target, certificate);
    }

    private RawPeer connect(long target, SSLContext shown) throws IOException {
        Socket socket;
        if (members.secured()) {
            socket = shown.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), members.port(target));
        } else {
            socket = new Socket(InetAddress.getLoopbackAddress(), members.port(target));
        }
        var peer = new RawPeer(socket);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return peer;
    }

    private void sayBytes(long target) throws IOException {
        boolean behindTls = lies.random().nextBoolean();
        try (var peer = behindTls
                ? connect(target)
                : new RawPeer(new Socket(InetAddress.getLoopbackAddress(), members.port(target)))) {
            switch (lies.random().nextInt(5)) {
                case 0 -> peer.say(lies.bytes(MOST_BYTES));
                case 1 -> peer.say(RawPeer.preface(), lies.bytes(MOST_BYTES));
                case 2 -> peer.say(RawPeer.preface(), RawPeer.length((int) lies.number(64)), lies.bytes(MOST_BYTES));
                // The beginning of a conversation in TLS.
                case 3 -> peer.say(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3}, lies.bytes(MOST_BYTES));
                default ->
                    peer.say(lies.changed(RawPeer.concat(RawPeer.preface(), RawPeer.frame(said(stolenHello())))));
            }
        }
    }

    private LocalMember introduction() {
        return members.introduction(stolen);
    }

    private Hello stolenHello() {
        return RawPeer.hello(introduction(), Purpose.PURPOSE_STREAM);
    }

    private static Frame.Builder said(Hello hello) {
        return Frame.newBuilder().setHello(hello);
    }

    private void introduceOddly(long target) throws IOException {
        var hello = stolenHello().toBuilder();
        hello.setPurposeValue(lies.random().nextInt(6))
                .setHighestVersion(lies.random().nextInt(7));
        for (int changes = lies.random().nextInt(3); changes > 0; changes--) {
            switch (lies.random().nextInt(7)) {
                case 0 -> hello.setClusterId(lies.number(hello.getClusterId()));
                case 1 -> hello.setNodeId(lies.number(3));
                case 2 -> hello.setIncarnation(lies.number(hello.getIncarnation()));
                case 3 -> hello.setGroup("g".repeat(lies.random().nextInt(2000)));
                case 4 -> hello.addGroups(hello.getGroups(0));
                case 5 -> hello.setChallenge(ByteString.copyFrom(lies.bytes(MOST_BYTES / 2)));
                default -> hello.setLowestVersion((int) lies.number(2));
            }
        }
        byte[] content = said(sealed(hello)).build().toByteArray();
        if (lies.random().nextBoolean()) {
            content = lies.changed(content);
        }
        if (isAnotherRun(content)) {
            return;
        }
        try (var peer = connect(target)) {
            peer.say(RawPeer.preface(), RawPeer.length(content.length), content);
            Frame answer = peer.hear();
            if (answer != null && answer.hasHello()) {
                peer.confirm(answer.getHello());
                peer.say(lies.bytes(MOST_BYTES));
            }
        }
    }

    private Hello sealed(Hello.Builder hello) {
        return lies.random().nextInt(4) == 0 ? hello.build() : HelloFormat.sealed(hello);
    }

    /** A member is believed how often it was started, so that who it was before is nobody any more. */
    private boolean isAnotherRun(byte[] content) {
        try {
            var hello = Frame.parseFrom(content).getHello();
            var own = stolenHello();
            return hello.getClusterId() == own.getClusterId()
                    && hello.getIncarnation() == own.getIncarnation()
                    && !(hello.getRun().equals(own.getRun())
                            && hello.getGroupsList().stream()
                                    .allMatch(group -> group.getRun().equals(own.getRun()))
                            && hello.getAdvertisedAddress().equals(own.getAdvertisedAddress())
                            && hello.getApplySkips().equals(own.getApplySkips()));
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    /** One whom the member takes for the one whose key this is. */
    private RawPeer accepted(long target, Purpose purpose) throws IOException {
        var hello = RawPeer.hello(introduction(), purpose).toBuilder();
        if (lies.random().nextBoolean()) {
            hello.setHighestVersion(4);
        }
        var peer = connect(target);
        try {
            peer.introduce(hello.build());
            return peer;
        } catch (IOException e) {
            peer.close();
            throw e;
        }
    }

    private void sayMessages(Present present) throws IOException {
        try (var peer = accepted(present.target(), Purpose.PURPOSE_STREAM)) {
            for (byte[] frame : lies.frames(present, FRAMES)) {
                peer.sayContent(frame);
            }
            // Answered behind all of them, so they have been read.
            peer.sayFrame(Frame.newBuilder().addRequests(Request.newBuilder().setId(LAST_REQUEST)));
            Frame heard = peer.hear();
            while (heard != null
                    && heard.getResponsesList().stream().noneMatch(response -> response.getId() == LAST_REQUEST)) {
                heard = peer.hear();
            }
        }
    }

    private void offerSnapshot(Present present) throws IOException {
        try (var peer = accepted(present.target(), Purpose.PURPOSE_SNAPSHOT)) {
            peer.sayContent(lies.offer(present));
            Frame answer = peer.hear();
            long offset = answer == null ? 0 : answer.getSnapshotResume().getOffset();
            for (int parts = lies.random().nextInt(4); parts > 0; parts--) {
                peer.sayContent(lies.part(offset));
            }
            peer.sayContent(lies.random().nextBoolean() ? lies.part(offset) : lies.frame(present));
        }
    }

    private void fetch(long target) throws IOException {
        var hello = RawPeer.hello(introduction(), Purpose.PURPOSE_SNAPSHOT_FETCH).toBuilder();
        try (var peer = connect(target)) {
            peer.introduce(hello.setTicket(lies.random().nextLong()).build());
            peer.sayContent(lies.bytes(MOST_BYTES));
        }
    }

    private void showAnotherCertificate(long target) throws IOException {
        try (var peer = connect(target, useless.get(lies.random().nextInt(useless.size())))) {
            peer.introduce(stolenHello());
            throw new AssertionError("accepted somebody who is not member " + stolen);
        }
    }
}
