package io.raftboot.benchmarks;

import io.raftboot.benchmarks.RunningCluster.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Three etcd servers in their default configuration; the load comes from a process beside them, to the leader. */
final class EtcdContender implements Contender {
    private final String binary;
    private final int connections;
    private final List<String> javaOptions;
    private final LoadOptions load;

    /** @param javaOptions for the process that puts the load */
    EtcdContender(String binary, int connections, List<String> javaOptions, LoadOptions load) {
        this.binary = binary;
        this.connections = connections;
        this.javaOptions = javaOptions;
        this.load = load;
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public RunningCluster start(ProcessGroup group) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.find(2 * MEMBERS);
        List<Integer> clientPorts = ports.subList(0, MEMBERS);
        List<Integer> peerPorts = ports.subList(MEMBERS, ports.size());
        List<String> entries = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            entries.add("m" + id + "=http://127.0.0.1:" + peerPorts.get(id - 1));
        }
        String cluster = String.join(",", entries);
        List<Part> parts = new ArrayList<>();
        List<String> endpoints = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            String endpoint = "127.0.0.1:" + clientPorts.get(id - 1);
            endpoints.add(endpoint);
            var process = startServer(group, "m" + id, endpoint, "127.0.0.1:" + peerPorts.get(id - 1), cluster);
            parts.add(new Part("server", process.toHandle()));
        }
        List<String> arguments = new ArrayList<>(List.of(EtcdClientCommand.NAME));
        arguments.addAll(List.of("--endpoints", String.join(",", endpoints), "--connections", "" + connections));
        arguments.addAll(load.arguments());
        var client = ControlledProcess.start(group, "client", javaOptions, arguments);
        client.awaitStarted();
        RunningCluster.awaitLeader(List.of(client));
        parts.add(new Part("client", client.handle()));
        return new RunningCluster(client, parts);
    }

    private Process startServer(ProcessGroup group, String name, String client, String peer, String cluster)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(binary, "--name", name));
        command.add("--data-dir=" + group.directory().resolve(name));
        command.add("--listen-client-urls=http://" + client);
        command.add("--advertise-client-urls=http://" + client);
        command.add("--listen-peer-urls=http://" + peer);
        command.add("--initial-advertise-peer-urls=http://" + peer);
        command.add("--initial-cluster=" + cluster);
        command.add("--initial-cluster-state=new");
        command.add("--logger=zap");
        command.add("--log-level=error");
        return group.start(
                command,
                group.directory().resolve(name + ".err"),
                group.directory().resolve(name + ".log"));
    }
}
