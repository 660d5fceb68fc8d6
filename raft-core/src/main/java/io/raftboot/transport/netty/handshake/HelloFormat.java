package io.raftboot.transport.netty.handshake;

import com.google.protobuf.ByteString;
import io.raftboot.transport.GroupIdentity;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.ProcessIdentity;
import io.raftboot.transport.proto.Group;
import io.raftboot.transport.proto.Hello;
import io.raftboot.transport.proto.Purpose;
import io.raftboot.transport.proto.Run;
import java.util.List;
import java.util.zip.CRC32C;

/** How an introduction says who somebody is, so that members of all versions that are spoken can read it. */
public final class HelloFormat {
    private HelloFormat() {}

    /**
     * What a side says first.
     *
     * @param groups at least one; members of a version that knows one group a connection read the first
     */
    public static Hello.Builder hello(
            ProcessIdentity me, List<GroupIdentity> groups, Purpose purpose, ByteString challenge) {
        var hello = Hello.newBuilder()
                .setLowestVersion(ProtocolVersions.OURS.lowest())
                .setHighestVersion(ProtocolVersions.OURS.highest())
                .setClusterId(me.clusterId())
                .setNodeId(me.nodeId())
                .setIncarnation(me.incarnation())
                .setAdvertisedAddress(me.advertisedAddress())
                .setPurpose(purpose)
                .setChallenge(challenge);
        groups.forEach(group -> hello.addGroups(written(group)));
        var first = hello.getGroups(0);
        return hello.setGroup(first.getName()).setRun(first.getRun()).setApplySkips(first.getApplySkips());
    }

    /** As it leaves: with its checksum. */
    public static Hello sealed(Hello.Builder hello) {
        return hello.setChecksum(checksum(hello)).build();
    }

    /** Whether it is what the other side said; of those that speak of no checksums it is taken for that. */
    static boolean isIntact(Hello hello) {
        boolean expected = ProtocolVersions.of(hello).highest() >= ProtocolVersions.CHECKSUMS;
        return hello.hasChecksum() == expected && (!expected || hello.getChecksum() == checksum(hello.toBuilder()));
    }

    private static int checksum(Hello.Builder hello) {
        var checksum = new CRC32C();
        checksum.update(hello.clearChecksum().build().toByteArray());
        return (int) checksum.getValue();
    }

    public static ProcessIdentity process(Hello hello) {
        return new ProcessIdentity(
                hello.getClusterId(), hello.getNodeId(), hello.getIncarnation(), hello.getAdvertisedAddress());
    }

    /** What is said of groups in the words of a version. */
    static List<GroupIdentity> groups(Hello hello, int version) {
        return version < ProtocolVersions.SEVERAL_GROUPS
                ? List.of(read(hello.getGroup(), hello.getRun(), hello.getApplySkips()))
                : hello.getGroupsList().stream()
                        .map(group -> read(group.getName(), group.getRun(), group.getApplySkips()))
                        .toList();
    }

    private static Group written(GroupIdentity group) {
        var run = group.run();
        return Group.newBuilder()
                .setName(group.name())
                .setRun(Run.newBuilder()
                        .setId(run.id())
                        .setNumber(run.number())
                        .setTerm(run.term())
                        .setLastIndex(run.lastIndex()))
                .setApplySkips(group.applySkips())
                .build();
    }

    private static GroupIdentity read(String name, Run run, String applySkips) {
        return new GroupIdentity(
                name, new MemberRun(run.getId(), run.getNumber(), run.getTerm(), run.getLastIndex()), applySkips);
    }
}
