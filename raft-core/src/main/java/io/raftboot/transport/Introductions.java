package io.raftboot.transport;

import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import io.raftboot.transport.proto.Run;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How this member introduces itself, and which introductions of others it accepts. Event loop only, but for the cluster id. */
final class Introductions {
    private static final Logger log = LoggerFactory.getLogger(Introductions.class);

    /** Of what the frames mean; the preface carries that of how they are cut. */
    private static final int PROTOCOL_VERSION = 1;

    private volatile LocalMember self;
    private final TransportListener listener;

    Introductions(LocalMember self, TransportListener listener) {
        this.self = self;
        this.listener = listener;
    }

    LocalMember self() {
        return self;
    }

    synchronized void clusterIdLearned(long clusterId) {
        self = self.withClusterId(clusterId);
    }

    Hello hello(Purpose purpose) {
        LocalMember me = self;
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
                .build();
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
                        hello.getRun().getLastIndex()));
    }

    /**
     * What is wrong with the introduction, written for the operator of the other side; null if nothing is.
     *
     * @param expectedId who was dialled; 0 if the other side dialled
     */
    @Nullable
    Refusal check(Hello hello, long expectedId) {
        LocalMember me = self;
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
        // A member that joins does not know its cluster's id yet; it takes part in nothing before it has learned it.
        boolean bothKnow = hello.getClusterId() != 0 && me.clusterId() != 0;
        if (bothKnow && hello.getClusterId() != me.clusterId()) {
            return refusal(
                    RefusalReason.REFUSAL_REASON_CLUSTER,
                    "this is " + here + ", not of cluster " + Long.toHexString(hello.getClusterId())
                            + ": one of the two has an address of the other cluster, or was started with another"
                            + " cluster name or other peers when its data directory was new");
        }
        return checkMember(hello, expectedId, here);
    }

    private @Nullable Refusal checkMember(Hello hello, long expectedId, String here) {
        long id = hello.getNodeId();
        if (id == 0 || hello.getIncarnation() == 0) {
            return refusal(RefusalReason.REFUSAL_REASON_NODE_ID, "no node id or no incarnation was given to " + here);
        }
        if (id == self.nodeId()) {
            boolean itself = hello.getIncarnation() == self.incarnation();
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
                            + " answered: correct the address of one of them among the peers of member "
                            + self.nodeId());
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
