package io.raftboot.transport.netty.handshake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.fuzz.FuzzTarget;
import io.raftboot.raft.proto.Message;
import io.raftboot.transport.Disconnect;
import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.SnapshotSink;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.netty.wire.Frames;
import io.raftboot.transport.proto.Frame;
import io.raftboot.transport.proto.Group;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a stranger introduces itself with, and what this side makes of it. */
public final class HelloTarget implements FuzzTarget {
    private static final long CLUSTER = 77;

    /** A group takes two bytes at least, and several objects while it is looked at. */
    private static final int OBJECTS_TO_BYTES = 600;

    private static final int FIXED_BYTES = 32 * 1024;

    private final ProcessIdentity self = new ProcessIdentity(CLUSTER, 1, 11, "a:7400");
    private final Introductions introductions =
            new Introductions(self, List.of(open("orders"), open("stock")), new SplittableRandom(1));

    private record Looked(Hello hello, boolean isIntact, Examination examination) {}

    private static OpenGroup open(String name) {
        return new OpenGroup(group(name), new Welcoming());
    }

    /** Wants to talk to everybody, but for one whose address says no, and keeps nothing of it. */
    private static final class Welcoming implements TransportListener {
        @Override
        public void messages(long from, List<Message> messages) {}

        @Override
        public void request(long from, ByteString payload, CompletableFuture<ByteString> response) {}

        @Override
        public void unreachable(long peerId) {}

        @Override
        public void connected(long peerId, long incarnation) {}

        @Override
        public void disconnected(long peerId, Disconnect cause) {}

        @Override
        public SnapshotSink snapshot(long from, Message snapshotMessage) throws IOException {
            throw new IOException("nobody sends one");
        }

        @Override
        public void snapshotReceived(long from, Message snapshotMessage) {}

        @Override
        public @Nullable String refuse(RemoteMember remote) {
            return remote.process().advertisedAddress().isEmpty() ? "where is it?" : null;
        }
    }

    private static GroupIdentity group(String name) {
        return new GroupIdentity(name, new MemberRun(5, 1, 2, 3), "");
    }

    @Override
    public String name() {
        return "hello";
    }

    @Override
    public List<byte[]> seeds() {
        var other = new ProcessIdentity(CLUSTER, 2, 22, "b:7400");
        var challenge = ByteString.copyFrom(new byte[16]);
        var both =
                HelloFormat.hello(other, List.of(group("stock"), group("orders")), Purpose.PURPOSE_STREAM, challenge);
        var refused = HelloFormat.hello(other, List.of(group("other")), Purpose.PURPOSE_SNAPSHOT_FETCH, challenge)
                .setTicket(9)
                .setReplaced(true);
        var old = HelloFormat.hello(other, List.of(group("orders")), Purpose.PURPOSE_SNAPSHOT, challenge)
                .setHighestVersion(0)
                .clearGroups();
        // Many that nobody here has.
        var many = HelloFormat.hello(
                other,
                IntStream.range(0, 400).mapToObj(number -> group("g" + number)).toList(),
                Purpose.PURPOSE_STREAM,
                challenge);
        many.getGroupsBuilderList().forEach(Group.Builder::clearRun);
        return List.of(
                many.addGroups(Group.newBuilder().setName("orders")).build().toByteArray(),
                both.build().toByteArray(),
                HelloFormat.sealed(both).toByteArray(),
                refused.addGroups(Group.newBuilder().setName("orders")).build().toByteArray(),
                old.build().toByteArray());
    }

    @Override
    public Looked decode(byte[] input) throws Exception {
        // No more of a stranger comes through the decoder of frames.
        int length = Math.min(input.length, Frames.MAX_HANDSHAKE_FRAME_BYTES);
        var hello = Hello.parseFrom(ByteString.copyFrom(input, 0, length));
        // One that is not is refused before anything else of it is looked at, which hides nothing here.
        return new Looked(hello, HelloFormat.isIntact(hello), introductions.examine(self, hello));
    }

    @Override
    public boolean isDeclared(Throwable thrown) {
        return thrown instanceof InvalidProtocolBufferException;
    }

    /** What is answered has to fit into the frame of a handshake, and what leaves with a checksum of its own is intact. */
    @Override
    public void check(Object decoded) throws Exception {
        var looked = (Looked) decoded;
        boolean hasChecksum = ProtocolVersions.of(looked.hello()).highest() >= ProtocolVersions.CHECKSUMS;
        if (hasChecksum && !HelloFormat.isIntact(HelloFormat.sealed(looked.hello().toBuilder()))) {
            throw new IllegalStateException("an introduction is not what it was when it was sealed");
        }
        if (!Hello.parseFrom(looked.hello().toByteArray()).equals(looked.hello())) {
            throw new IllegalStateException("the introduction comes back as another");
        }
        // The acceptor refuses any other.
        boolean purposeKnown = looked.hello().getPurpose() != Purpose.UNRECOGNIZED;
        if (purposeKnown && looked.examination() instanceof Examination.Agreed agreed) {
            var said = agreed.meeting().groups().stream()
                    .map(served -> served.group().identity())
                    .toList();
            var answer = HelloFormat.hello(self, said, looked.hello().getPurpose(), ByteString.copyFrom(new byte[16]))
                    .setAnswer(looked.hello().getChallenge())
                    .addAllGroupRefusals(agreed.meeting().refusals());
            int bytes = Frame.newBuilder()
                    .setHello(HelloFormat.sealed(answer))
                    .build()
                    .getSerializedSize();
            // It repeats the challenge, which has no limit of its own.
            if (bytes
                    > Frames.MAX_HANDSHAKE_FRAME_BYTES
                            + looked.hello().getChallenge().size()) {
                throw new IllegalStateException("the answer has " + bytes + " bytes");
            }
        }
    }

    @Override
    public String describe(Object decoded) {
        var looked = (Looked) decoded;
        return (looked.isIntact() ? "intact, " : "") + describe(looked.examination());
    }

    private static String describe(Examination examination) {
        return examination instanceof Examination.Agreed agreed
                ? "agreed on " + agreed.meeting().groups().size() + " groups, refused "
                        + Math.min(4, agreed.meeting().refusals().size())
                : examination instanceof Examination.Refused refused
                        ? "refused " + refused.refusal().getReason()
                        : "";
    }

    @Override
    public long allowedBytes(int inputBytes) {
        return FIXED_BYTES + (long) OBJECTS_TO_BYTES * Math.min(inputBytes, Frames.MAX_HANDSHAKE_FRAME_BYTES);
    }
}
