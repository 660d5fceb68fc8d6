package io.raftboot.benchmarks;

import io.raftboot.benchmarks.RunningCluster.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Three members in processes of their own; the load comes from within the leader's. */
final class RaftContender implements Contender {
    private final List<String> javaOptions;
    private final LoadOptions load;
    private final boolean metered;

    /** @param metered whether each member has meters */
    RaftContender(List<String> javaOptions, LoadOptions load, boolean metered) {
        this.javaOptions = javaOptions;
        this.load = load;
        this.metered = metered;
    }

    @Override
    public String name() {
        return metered ? "raft with meters" : "raft";
    }

    @Override
    public RunningCluster start(ProcessGroup group) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.find(MEMBERS);
        List<String> entries = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            entries.add(id + "@127.0.0.1:" + ports.get(id - 1));
        }
        String peers = String.join(",", entries);
        List<ControlledProcess> members = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            List<String> arguments = new ArrayList<>(List.of(MemberCommand.NAME, "--id", "" + id, "--peers", peers));
            arguments.add("--data-dir");
            arguments.add(group.directory().resolve("node" + id).toString());
            if (metered) {
                arguments.add(MemberCommand.METERS);
            }
            arguments.addAll(load.arguments());
            members.add(ControlledProcess.start(group, "member" + id, javaOptions, arguments));
        }
        for (var member : members) {
            member.awaitStarted();
        }
        var leader = RunningCluster.awaitLeader(members);
        List<Part> parts = members.stream()
                .map(member -> new Part(member == leader ? "leader" : "follower", member.handle()))
                .collect(Collectors.toList());
        return new RunningCluster(leader, parts);
    }
}
