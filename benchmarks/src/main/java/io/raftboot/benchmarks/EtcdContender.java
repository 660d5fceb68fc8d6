package io.raftboot.benchmarks;

import io.raftboot.benchmarks.RunningCluster.Part;
import io.raftboot.benchmarks.load.MemberAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Etcd servers in their default configuration; the load comes from a process beside them, to the leader. */
final class EtcdContender implements Contender {
    private final String binary;
    private final int connections;

    /** @param connections that the load is spread over */
    EtcdContender(String binary, int connections) {
        this.binary = binary;
        this.connections = connections;
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public int portsPerMember() {
        return Peer.ETCD.portsPerMember();
    }

    @Override
    public boolean can(Ability ability) {
        return false;
    }

    @Override
    public RunningCluster start(ProcessGroup group, Setup setup) throws IOException, InterruptedException {
        String cluster = setup.members().stream()
                .map(member -> "m" + member.id() + "=http://" + peer(member))
                .collect(Collectors.joining(","));
        List<Part> parts = new ArrayList<>();
        for (var member : setup.members()) {
            var process = startServer(group, member, cluster, setup.snapshotEntries());
            parts.add(new Part("server", process.toHandle()));
        }
        String endpoints = setup.members().stream().map(EtcdContender::client).collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(ControlledProcess.thisJar(EtcdClientCommand.NAME));
        arguments.addAll(List.of("--endpoints", endpoints, "--connections", "" + connections));
        arguments.addAll(setup.load().arguments());
        var client = ControlledProcess.start(group, "client", setup.javaOptions(), arguments);
        client.awaitStarted();
        RunningCluster.awaitLeader(List.of(client));
        parts.add(new Part("client", client.handle()));
        return new RunningCluster(client, List.of(), parts);
    }

    private Process startServer(ProcessGroup group, MemberAddress member, String cluster, int snapshotEntries)
            throws IOException {
        var name = "m" + member.id();
        List<String> command = new ArrayList<>(List.of(binary, "--name", name));
        command.add("--data-dir=" + group.directory().resolve(name));
        command.add("--listen-client-urls=http://" + client(member));
        command.add("--advertise-client-urls=http://" + client(member));
        command.add("--listen-peer-urls=http://" + peer(member));
        command.add("--initial-advertise-peer-urls=http://" + peer(member));
        command.add("--initial-cluster=" + cluster);
        command.add("--initial-cluster-state=new");
        command.add("--snapshot-count=" + (snapshotEntries == 0 ? Integer.MAX_VALUE : snapshotEntries));
        command.add("--logger=zap");
        command.add("--log-level=error");
        return group.start(
                command,
                group.directory().resolve(name + ".err"),
                group.directory().resolve(name + ".log"));
    }

    private static String client(MemberAddress member) {
        return member.host() + ":" + member.ports().get(0);
    }

    private static String peer(MemberAddress member) {
        return member.host() + ":" + member.ports().get(1);
    }
}
