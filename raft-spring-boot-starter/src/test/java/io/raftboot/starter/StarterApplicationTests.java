package io.raftboot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.starter.inventory.Inventory;
import io.raftboot.starter.inventory.InventoryApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application in the package beside this one, as whoever follows the README has it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StarterApplicationTests {
    private static final int MEMBERS = 3;

    @TempDir
    private Path directory;

    @Test
    void worksWithNoPropertySetAndKeepsItsState() throws Exception {
        Path answer = directory.resolve("answer");
        Path workingDirectory = Files.createDirectory(directory.resolve("working-directory"));
        for (String count : List.of("2", "4")) {
            Path output = directory.resolve("output");
            Process process = process(workingDirectory, answer, output).start();
            assertThat(process.waitFor()).as(() -> read(output)).isZero();
            assertThat(answer).hasContent(count);
        }
        assertThat(workingDirectory.resolve("data/raft/identity")).isRegularFile();
    }

    @Test
    void worksAsThreeMembersWithThreePropertiesEach() throws IOException {
        String peers = peers();
        List<ConfigurableApplicationContext> members = new ArrayList<>();
        try {
            for (int id = 1; id <= MEMBERS; id++) {
                members.add(SpringApplication.run(
                        InventoryApplication.class,
                        "--raft.node-id=" + id,
                        "--raft.peers=" + peers,
                        "--raft.data-dir=" + directory.resolve("node" + id)));
            }
            int expected = 0;
            for (var member : members) {
                assertThat(member.getBean(Inventory.class).add("apple", 2)).isEqualTo(expected += 2);
            }
            assertThat(members).allSatisfy(member -> assertThat(
                            member.getBean(Inventory.class).count("apple"))
                    .isEqualTo(2 * MEMBERS));
        } finally {
            members.forEach(ConfigurableApplicationContext::close);
        }
    }

    private static ProcessBuilder process(Path workingDirectory, Path answer, Path output) {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AddTwoApples.class.getName(),
                        answer.toString())
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // As environment variables they would be properties all the same.
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("RAFT_") || name.startsWith("SPRING_") || name.startsWith("JAVA_"));
        return builder;
    }

    private static String peers() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < MEMBERS; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return IntStream.range(0, MEMBERS)
                    .mapToObj(i -> (i + 1) + "@127.0.0.1:" + sockets.get(i).getLocalPort())
                    .collect(Collectors.joining(","));
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
