package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A member that can't start says why and what to write instead, changes nothing on disk, and ends with a failure. */
class FailingStartProcessTests {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void portInUse() throws IOException {
        Path directory = ClusterOfProcesses.emptyDirectory("port-in-use");
        Path data = directory.resolve("data");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            MemberProcess member = member(
                    directory.resolve("member.log"), data, "--raft.node-id=1", "--raft.peers=1@127.0.0.1:" + port);
            assertThat(member.start().waitFor(LIMIT)).isNotZero();
            assertThat(member.output()).contains("127.0.0.1:" + port).contains("raft.transport.port");
        }
        assertThat(data).doesNotExist();
    }

    @Test
    void directoryOfARunningMember() throws IOException {
        Path directory = ClusterOfProcesses.emptyDirectory("directory-locked");
        Path data = directory.resolve("data");
        String[] alone = {
            "--raft.node-id=1", "--raft.peers=1@127.0.0.1:" + FreePorts.some(1).get(0)
        };
        MemberProcess first = member(directory.resolve("first.log"), data, alone);
        try {
            ClusterOfProcesses.awaitReady(first.start());
            MemberProcess second = member(directory.resolve("second.log"), data, alone);
            assertThat(second.start().waitFor(LIMIT)).isNotZero();
            assertThat(second.output()).contains(data.toString()).contains("raft.data-dir");
            assertThat(first.put("still", "works").statusCode()).isEqualTo(200);
        } finally {
            first.kill();
        }
        List<String> before = tree(data);
        List<Integer> ports = FreePorts.some(3);
        MemberProcess moreMembers = member(
                directory.resolve("more-members.log"),
                data,
                "--raft.node-id=1",
                "--raft.peers=1@127.0.0.1:" + ports.get(0) + ",2@127.0.0.1:" + ports.get(1) + ",3@127.0.0.1:"
                        + ports.get(2));
        assertThat(moreMembers.start().waitFor(LIMIT)).isNotZero();
        assertThat(moreMembers.output()).contains("raft.peers").contains("with its own entry alone");
        MemberProcess otherNode = member(
                directory.resolve("other-node.log"),
                data,
                "--raft.node-id=2",
                "--raft.peers=2@127.0.0.1:" + ports.get(1));
        assertThat(otherNode.start().waitFor(LIMIT)).isNotZero();
        assertThat(otherNode.output()).contains("raft.node-id");
        assertThat(tree(data)).isEqualTo(before);
    }

    @Test
    void nodeThatIsNotAmongThePeers() {
        Path directory = ClusterOfProcesses.emptyDirectory("wrong-peers");
        Path data = directory.resolve("data");
        MemberProcess member = member(
                directory.resolve("member.log"),
                data,
                "--raft.node-id=4",
                "--raft.peers=1@127.0.0.1:7401,2@127.0.0.1:7402,3@127.0.0.1:7403");
        assertThat(member.start().waitFor(LIMIT)).isNotZero();
        assertThat(member.output()).contains("raft.node-id is 4").contains("4@host:port");
        assertThat(data).doesNotExist();
    }

    private static MemberProcess member(Path output, Path data, String... arguments) {
        return new MemberProcess(
                output,
                FreePorts.some(1).get(0),
                Stream.concat(Stream.of(arguments), Stream.of("--raft.data-dir=" + data))
                        .toArray(String[]::new));
    }

    private static List<String> tree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file ->
                            directory.relativize(file) + " " + file.toFile().length())
                    .sorted()
                    .toList();
        }
    }
}
