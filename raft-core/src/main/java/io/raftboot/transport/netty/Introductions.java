package io.raftboot.transport.netty;

import com.google.protobuf.ByteString;
import io.raftboot.notice.QuietLogger;
import io.raftboot.transport.LocalMember;
import io.raftboot.transport.MemberIds;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.TransportListener;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.proto.Run;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** How this member introduces itself, and which introductions of others it accepts. Event loop only, but for the cluster id. */
final class Introductions {
    private final Logger log = QuietLogger.of(Introductions.class);

    /** Of what the frames mean; the preface carries that of how they are cut. From 2 on introductions have to be confirmed. */
    static final int PROTOCOL_VERSION = 2;

    private static final int CHALLENGE_BYTES = 16;

    private final RandomGenerator challenges;
    private volatile LocalMember self;
    private final TransportListener listener;

    /** @param challenges not to be guessed */
    Introductions(LocalMember self, TransportListener listener, RandomGenerator challenges) {
        this.challenges = challenges;
        this.self = self;
        this.listener = listener;
    }

    LocalMember self() {
        return self;
    }

    synchronized void clusterIdLearned(long clusterId) {
        self = self.withClusterId(clusterId);
    }

    /** What nobody can have recorded, to be repeated by the other side. */
    ByteString challenge() {
        byte[] bytes = new byte[CHALLENGE_BYTES];
        challenges.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    static Hello.Builder hello(LocalMember me, Purpose purpose, ByteString challenge) {
        return Hello.newBuilder()
                .setProtocolVersion(PROTOCOL_VERSION)
                .setClusterId(me.clusterId())
                .setGroup(me.group())
                .setNodeId(me.nodeId())
                .setIncarnation(me.incarnation())
                .setAdvertisedAddress(me.advertisedAddress())
                .setPurpose(purpose)
                .setRun(Run.newBuilder()
                        .setId(me.run().id())
                        .setNumber(me.run().number())
                        .setTerm(me.run().term())
                        .setLastIndex(me.run().lastIndex()))
                .setApplySkips(me.applySkips())
                .setChallenge(challenge);
    }

    static RemoteMember remote(Hello hello) {
        return new RemoteMember(
                hello.getClusterId(),
                hello.getGroup(),
                hello.getNodeId(),
                hello.getIncarnation(),
                hello.getAdvertisedAddress(),
                new MemberRun(
                        hello.getRun().getId(),
                        hello.getRun().getNumber(),
                        hello.getRun().getTerm(),
                        hello.getRun().getLastIndex()),
                hello.getApplySkips());
    }

    /**
     * Whether one of the two has yet to learn which cluster it belongs to. Such two tell each other who they are and nothing else:
     * a member without a cluster moves nothing in one, and promises nothing to it.
     */
    static boolean isUnsettled(LocalMember me, Hello hello) {
        return me.clusterId() == 0 || hello.getClusterId() == 0;
    }

    /** What an unsettled handshake came to, for the operator of this side; goes on from "connecting to member …". */
    static String unsettled(LocalMember me, Hello hello) {
        if (me.clusterId() != 0) {
            return "waits for it to learn the id of its cluster: it joins";
        }
        return hello.getClusterId() == 0
                ? "waits for either of the two to learn the id of its cluster: both join"
                : "waits for this member to take over the id of its cluster, " + Long.toHexString(hello.getClusterId());
    }

    /**
     * What is wrong with the introduction, written for the operator of the other side; null if nothing is.
     *
     * @param me how this member has introduced itself, or is about to
     * @param expectedId who was dialled; 0 if the other side dialled
     */
    @Nullable
    Refusal check(LocalMember me, Hello hello, long expectedId) {
        String here =
                "member " + me.nodeId() + " of group " + me.group() + ", cluster " + Long.toHexString(me.clusterId());
        if (hello.getProtocolVersion() != PROTOCOL_VERSION) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_PROTOCOL_VERSION,
                    here + " speaks version " + PROTOCOL_VERSION + " of the protocol, not " + hello.getProtocolVersion()
                            + ": run the same release on all members");
        }
        if (!hello.getGroup().equals(me.group())) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_GROUP,
                    "this is " + here + ", not of group " + hello.getGroup() + ": correct the address");
        }
        if (!isUnsettled(me, hello) && hello.getClusterId() != me.clusterId()) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_CLUSTER,
                    "this is " + here + ", not of cluster " + Long.toHexString(hello.getClusterId())
                            + ": one of the two has an address of the other cluster, or was started with another"
                            + " cluster name or other peers when its data directory was new");
        }
        return checkMember(me, hello, expectedId, here);
    }

    private @Nullable Refusal checkMember(LocalMember me, Hello hello, long expectedId, String here) {
        long id = hello.getNodeId();
        if (!MemberIds.isMember(id) || hello.getIncarnation() == 0) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_NODE_ID,
                    "node id " + id + " or incarnation " + Long.toHexString(hello.getIncarnation()) + " was given to "
                            + here + ": no member has that. Node ids are whole numbers from 1 upwards");
        }
        if (id == me.nodeId()) {
            boolean itself = hello.getIncarnation() == me.incarnation();
            return refusal(
                    RefusalReason.REFUSAL_REASON_NODE_ID,
                    here + " has the same node id as the one it talks to: "
                            + (itself
                                    ? "an address among the peers leads back to the member itself, or two processes"
                                            + " run on copies of one data directory"
                                    : "give each member a node id of its own"));
        }
        if (expectedId != 0 && id != expectedId) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_NODE_ID,
                    "member " + expectedId + " was dialled, and member " + id
                            + " answered: correct the address of one of them among the peers of member " + me.nodeId());
        }
        String reason = askListener(remote(hello));
        return reason == null ? null : refusal(RefusalReason.REFUSAL_REASON_MEMBER, reason);
    }

    private @Nullable String askListener(RemoteMember remote) {
        try {
            return listener.refuse(remote);
        } catch (RuntimeException e) {
            log.error("could not decide about {}", remote, e);
            return "member " + self.nodeId() + " could not decide whether to accept; its log says why";
        }
    }

    static Refusal refusal(RefusalReason reason, String message) {
        return Refusal.newBuilder().setReason(reason).setMessage(message).build();
    }
}
