package io.raftboot.demo.process;

import static org.awaitility.Awaitility.await;

import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Three members in three processes, on ports that were free, with data and output under {@code target}. */
final class ClusterOfProcesses implements AutoCloseable {
    private static final int SIZE = 3;
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration ELECTION_LIMIT = Duration.ofSeconds(30);

    private final List<MemberProcess> members = new ArrayList<>();

    ClusterOfProcesses(String name) {
        this(name, "256m");
    }

    /** @param heap of each member, as {@code -Xmx} takes it */
    ClusterOfProcesses(String name, String heap) {
        Path directory = emptyDirectory(name);
        List<Integer> ports = FreePorts.some(2 * SIZE);
        String peers = IntStream.rangeClosed(1, SIZE)
                .mapToObj(id -> id + "@127.0.0.1:" + ports.get(SIZE + id - 1))
                .collect(Collectors.joining(","));
        for (int id = 1; id <= SIZE; id++) {
            members.add(new MemberProcess(
                    directory.resolve("member-" + id + ".log"),
                    heap,
                    ports.get(id - 1),
                    "--raft.node-id=" + id,
                    "--raft.peers=" + peers,
                    "--raft.data-dir=" + directory.resolve("data-" + id)));
        }
    }

    /** A directory under {@code target} with nothing in it. */
    static Path emptyDirectory(String name) {
        Path directory = Path.of("target", "process-tests", name).toAbsolutePath();
        try {
            if (Files.exists(directory)) {
                Directories.delete(directory);
            }
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<MemberProcess> members() {
        return members;
    }

    void startAll() {
        members.forEach(MemberProcess::start);
        members.forEach(ClusterOfProcesses::awaitReady);
    }

    void killAll() {
        members.forEach(MemberProcess::kill);
    }

    static void awaitReady(MemberProcess member) {
        await("member is ready")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .failFast("the process ended", () -> !member.isAlive())
                .until(member::isReady);
    }

    /** The member that says of itself that it leads, once two say so too. */
    MemberProcess awaitLeader() {
        return await("a leader that a majority knows")
                .atMost(ELECTION_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(this::leader, Objects::nonNull);
    }

    private @Nullable MemberProcess leader() {
        List<Long> known = members.stream()
                .filter(MemberProcess::isAlive)
                .map(member -> member.raft("leader"))
                .filter(Objects::nonNull)
                .toList();
        return known.stream()
                .filter(id -> known.stream().filter(id::equals).count() > SIZE / 2)
                .map(id -> members.get(id.intValue() - 1))
                .filter(MemberProcess::isAlive)
                .findFirst()
                .orElse(null);
    }

    /** Kills what still runs, whatever the state. */
    @Override
    public void close() {
        members.stream().filter(MemberProcess::isAlive).forEach(MemberProcess::kill);
    }
}
