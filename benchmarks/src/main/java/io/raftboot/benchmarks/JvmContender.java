package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.MemberAddress;
import io.raftboot.benchmarks.load.MemberOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Members in JVMs of their own, ours or those of another system; the load comes from within them.
 *
 * @param launch what stands between the options of the JVM and those of the member
 */
record JvmContender(String name, List<String> launch, int portsPerMember, Set<Ability> abilities) implements Contender {

    /**
     * Ours, out of this very jar.
     *
     * @param metered whether each member has meters
     */
    static JvmContender raft(boolean metered) {
        List<String> launch = new ArrayList<>(ControlledProcess.thisJar(MemberCommand.NAME));
        if (metered) {
            launch.add(MemberCommand.METERS);
        }
        return new JvmContender(metered ? "raft with meters" : "raft", launch, 1, Set.of(Ability.values()));
    }

    @Override
    public boolean can(Ability ability) {
        return abilities.contains(ability);
    }

    @Override
    public RunningCluster start(ProcessGroup group, Setup setup) throws IOException, InterruptedException {
        List<ControlledProcess> members = new ArrayList<>();
        for (var address : setup.members()) {
            List<String> arguments = new ArrayList<>(launch);
            arguments.addAll(arguments(group, setup, address));
            members.add(ControlledProcess.start(group, "member" + address.id(), setup.javaOptions(), arguments));
        }
        for (var member : members) {
            member.awaitStarted();
        }
        return RunningCluster.ofMembers(members);
    }

    private static List<String> arguments(ProcessGroup group, Setup setup, MemberAddress member) {
        List<String> arguments = new ArrayList<>(List.of(MemberOptions.ID, "" + member.id(), MemberOptions.PEERS));
        arguments.add(setup.members().stream().map(MemberAddress::toString).collect(Collectors.joining(",")));
        arguments.add(MemberOptions.DATA_DIR);
        arguments.add(group.directory().resolve("node" + member.id()).toString());
        arguments.add(MemberOptions.SCRATCH_DIR);
        arguments.add(group.scratchDirectory().resolve("node" + member.id()).toString());
        arguments.addAll(List.of(MemberOptions.SNAPSHOT_ENTRIES, "" + setup.snapshotEntries()));
        arguments.addAll(setup.load().arguments());
        return arguments;
    }
}
