package io.raftboot.transport.netty.handshake;

import com.google.protobuf.ByteString;
import io.raftboot.notice.QuietLogger;
import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.MemberIds;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.RemoteMember;
import io.raftboot.transport.proto.GroupRefusal;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Refusal;
import io.raftboot.transport.proto.RefusalReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Who this process is, and whom it talks to in which groups. Event loop only, but for the cluster id. */
public final class Introductions {
    private final Logger log = QuietLogger.of(Introductions.class);

    private static final int CHALLENGE_BYTES = 16;

    private final List<OpenGroup> groups;
    private final RandomGenerator challenges;
    private volatile ProcessIdentity self;

    /**
     * @param groups those that this process takes part in, at least one
     * @param challenges not to be guessed
     */
    public Introductions(ProcessIdentity self, List<OpenGroup> groups, RandomGenerator challenges) {
        this.self = self;
        this.groups = List.copyOf(groups);
        this.challenges = challenges;
    }

    public ProcessIdentity self() {
        return self;
    }

    public List<OpenGroup> groups() {
        return groups;
    }

    public synchronized void clusterIdLearned(long clusterId) {
        self = self.withClusterId(clusterId);
    }

    /** What nobody can have recorded, to be repeated by the other side. */
    ByteString challenge() {
        byte[] bytes = new byte[CHALLENGE_BYTES];
        challenges.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /**
     * Whether one of the two has yet to learn which cluster it belongs to. Such two tell each other who they are and nothing else:
     * a member without a cluster moves nothing in one, and promises nothing to it.
     */
    static boolean isUnsettled(ProcessIdentity me, ProcessIdentity remote) {
        return me.clusterId() == 0 || remote.clusterId() == 0;
    }

    /** What an unsettled handshake came to, for the operator of this side; goes on from "connecting to member …". */
    static String unsettled(ProcessIdentity me, ProcessIdentity remote) {
        if (me.clusterId() != 0) {
            return "waits for it to learn the id of its cluster: it joins";
        }
        return remote.clusterId() == 0
                ? "waits for either of the two to learn the id of its cluster: both join"
                : "waits for this member to take over the id of its cluster, " + Long.toHexString(remote.clusterId());
    }

    /**
     * Looks at the introduction of a side that dialled.
     *
     * @param me how this process is about to introduce itself
     */
    public Examination examine(ProcessIdentity me, Hello hello) {
        int version = ProtocolVersions.OURS.common(ProtocolVersions.of(hello));
        var theirs = HelloFormat.groups(hello, version);
        var numbers = theirs.stream().map(GroupIdentity::name).toList();
        return new Question(me, hello, version, numbers, theirs, 0).examine();
    }

    /**
     * Looks at the answer of a side that was dialled.
     *
     * @param me how this process has introduced itself
     * @param target whom this side dialled, and what for
     */
    public Examination examine(ProcessIdentity me, Hello hello, Dialler.Target target) {
        int version = ProtocolVersions.OURS.common(ProtocolVersions.of(hello));
        var numbers = target.visit().groups().stream().map(OpenGroup::name).toList();
        return new Question(me, hello, version, numbers, HelloFormat.groups(hello, version), target.peerId()).examine();
    }

    public static Refusal refusal(RefusalReason reason, String message) {
        return Refusal.newBuilder().setReason(reason).setMessage(message).build();
    }

    /** Says that a member has opened another connection, which takes the place of the one before. */
    public static Refusal replaced(long nodeId) {
        return refusal(
                RefusalReason.REFUSAL_REASON_REPLACED,
                "another connection of member " + nodeId
                        + " took its place; if this goes on, two processes run with this node id");
    }

    /**
     * Bytes of an answer that name groups which are not here. It has to fit into the frame of a handshake, and whoever asks for
     * many groups that nobody has must not be told more than it said.
     */
    static final int MAX_STRANGERS_BYTES = 1024;

    /** One introduction that is looked at. What is wrong with it is written for the operator of the other side. */
    private final class Question {
        private final ProcessIdentity me;
        private final Hello hello;
        private final int version;

        /** Names of the groups in the order of the side that dialled. */
        private final List<String> numbers;

        /** What the other side says of its groups. */
        private final List<GroupIdentity> theirs;

        /** Id of who was dialled; 0 if the other side dialled. */
        private final long expectedId;

        private final ProcessIdentity remote;
        private final String here;

        private Question(
                ProcessIdentity me,
                Hello hello,
                int version,
                List<String> numbers,
                List<GroupIdentity> theirs,
                long expectedId) {
            this.me = me;
            this.hello = hello;
            this.version = version;
            this.numbers = numbers;
            this.theirs = theirs;
            this.expectedId = expectedId;
            this.remote = HelloFormat.process(hello);
            this.here =
                    "member " + me.nodeId() + " of " + named(groups) + ", cluster " + Long.toHexString(me.clusterId());
        }

        private Examination examine() {
            var common = common();
            var refusal = version == ProtocolVersions.NONE ? noVersion() : common.isEmpty() ? noGroup() : process();
            return refusal == null ? askListeners(common) : Examination.refused(refusal);
        }

        private Refusal noVersion() {
            var spoken = ProtocolVersions.of(hello);
            boolean isOlder = spoken.highest() < ProtocolVersions.OURS.highest();
            return refusal(
                    RefusalReason.REFUSAL_REASON_PROTOCOL_VERSION,
                    here + " speaks " + ProtocolVersions.OURS + " of the protocol, and member " + remote.nodeId() + " "
                            + spoken + ", so that they have none in common: update member "
                            + (isOlder ? remote.nodeId() : me.nodeId()) + " first");
        }

        private List<ServedGroup> common() {
            List<ServedGroup> common = new ArrayList<>();
            for (var group : groups) {
                int number = numbers.indexOf(group.name());
                theirs.stream()
                        .filter(other -> number >= 0 && other.name().equals(group.name()))
                        .findFirst()
                        .ifPresent(
                                other -> common.add(new ServedGroup(number, group, new RemoteMember(remote, other))));
            }
            return common;
        }

        private Refusal noGroup() {
            var theirNames = theirs.stream().map(GroupIdentity::name).toList();
            return refusal(RefusalReason.REFUSAL_REASON_GROUP, stranger(String.join(", ", theirNames)));
        }

        private String stranger(String names) {
            return "this is " + here + ", not of group " + names + ": correct the address";
        }

        private @Nullable Refusal process() {
            if (!isUnsettled(me, remote) && remote.clusterId() != me.clusterId()) {
                return refusal(
                        RefusalReason.REFUSAL_REASON_CLUSTER,
                        "this is " + here + ", not of cluster " + Long.toHexString(remote.clusterId())
                                + ": one of the two has an address of the other cluster, or was started with another"
                                + " cluster name or other peers when its data directory was new");
            }
            String wrong = wrongId();
            return wrong == null ? null : refusal(RefusalReason.REFUSAL_REASON_NODE_ID, wrong);
        }

        private @Nullable String wrongId() {
            long id = remote.nodeId();
            if (!MemberIds.isMember(id) || remote.incarnation() == 0) {
                return "node id " + id + " or incarnation " + Long.toHexString(remote.incarnation()) + " was given to "
                        + here + ": no member has that. Node ids are whole numbers from 1 upwards";
            }
            if (id == me.nodeId()) {
                boolean itself = remote.incarnation() == me.incarnation();
                return here + " has the same node id as the one it talks to: "
                        + (itself
                                ? "an address among the peers leads back to the member itself, or two processes"
                                        + " run on copies of one data directory"
                                : "give each member a node id of its own");
            }
            if (expectedId != 0 && id != expectedId) {
                return "member " + expectedId + " was dialled, and member " + id
                        + " answered: correct the address of one of them among the peers of member " + me.nodeId();
            }
            return null;
        }

        /** The last thing, as the layer above may conclude something from it. */
        private Examination askListeners(List<ServedGroup> common) {
            List<ServedGroup> served = new ArrayList<>();
            List<ServedGroup> turnedAway = new ArrayList<>();
            List<GroupRefusal> refusals = new ArrayList<>();
            for (var each : common) {
                String reason = ask(each);
                if (reason == null) {
                    served.add(each);
                } else {
                    turnedAway.add(each);
                    refusals.add(refusal(each.group().name(), reason).toBuilder()
                            .setOtherDirectory(knowsOtherDirectory(each))
                            .build());
                }
            }
            if (served.isEmpty()) {
                boolean directory = refusals.stream().allMatch(GroupRefusal::getOtherDirectory);
                var first = refusal(
                        directory ? RefusalReason.REFUSAL_REASON_DIRECTORY : RefusalReason.REFUSAL_REASON_MEMBER,
                        refusals.get(0).getMessage());
                return new Examination.Refused(first, turnedAway);
            }
            refusals.addAll(strangers(common));
            return new Examination.Agreed(new Meeting(remote, version, served, refusals), turnedAway);
        }

        /** Groups of the other side that are not here, as long as there is room in the answer to name them. */
        private List<GroupRefusal> strangers(List<ServedGroup> common) {
            var names = new LinkedHashSet<>(numbers);
            common.forEach(each -> names.remove(each.group().name()));
            List<GroupRefusal> refusals = new ArrayList<>();
            int bytes = 0;
            for (String name : names) {
                var refusal = refusal(name, stranger(name));
                bytes += refusal.getSerializedSize();
                if (bytes > MAX_STRANGERS_BYTES) {
                    break;
                }
                refusals.add(refusal);
            }
            return refusals;
        }

        private GroupRefusal refusal(String group, String message) {
            return GroupRefusal.newBuilder().setName(group).setMessage(message).build();
        }

        private Refusal refusal(RefusalReason reason, String message) {
            return Introductions.refusal(reason, message);
        }

        private @Nullable String ask(ServedGroup served) {
            try {
                return served.group().listener().refuse(served.remote());
            } catch (RuntimeException e) {
                log.error("could not decide about {}", served.remote(), e);
                return "member " + self.nodeId() + " could not decide whether to accept; its log says why";
            }
        }

        private boolean knowsOtherDirectory(ServedGroup served) {
            try {
                return served.group().listener().knowsOtherDirectory(served.remote());
            } catch (RuntimeException e) {
                log.error("could not decide about the directory of {}", served.remote(), e);
                return false;
            }
        }
    }

    private static String named(List<OpenGroup> groups) {
        var names = groups.stream().map(OpenGroup::name).toList();
        return (names.size() == 1 ? "group " : "groups ") + String.join(", ", names);
    }
}
