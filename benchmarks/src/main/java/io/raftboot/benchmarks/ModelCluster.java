package io.raftboot.benchmarks;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.replica.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Three members in this process, each an application context with the defaults of the starter and a log of its own on
 * disk, connected over loopback.
 */
final class ModelCluster implements AutoCloseable {
    static final String MACHINE = "kv";
    private static final int MEMBERS = 3;

    private static final Duration LEADER_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_INTERVAL_MILLIS = 20;

    private final Path directory;
    private final List<AnnotationConfigApplicationContext> members = new ArrayList<>();

    private ModelCluster(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts the members.
     *
     * @param directory deleted at the end
     * @param machine the class of the one state machine
     */
    static ModelCluster start(Path directory, Class<?> machine) throws IOException {
        var cluster = new ModelCluster(directory);
        try {
            cluster.startMembers(machine);
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void startMembers(Class<?> machine) throws IOException {
        List<Integer> ports = FreePorts.find(MEMBERS);
        List<String> peers = new ArrayList<>();
        for (int id = 1; id <= MEMBERS; id++) {
            peers.add(id + "@127.0.0.1:" + ports.get(id - 1));
        }
        for (int id = 1; id <= MEMBERS; id++) {
            Map<String, Object> properties = Map.of(
                    "raft.node-id", id,
                    "raft.peers", String.join(",", peers),
                    "raft.data-dir", directory.resolve("node" + id).toString());
            var member = new AnnotationConfigApplicationContext();
            members.add(member);
            member.getEnvironment().getPropertySources().addFirst(new MapPropertySource("member", properties));
            member.register(RaftAutoConfiguration.class);
            member.registerBean(MACHINE, machine);
            member.refresh();
        }
    }

    /** The member that leads; waits for one. */
    AnnotationConfigApplicationContext leader() throws InterruptedException {
        long deadline = System.nanoTime() + LEADER_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            for (var member : members) {
                if (member.getBean(Replica.class).leadershipTerm().isPresent()) {
                    return member;
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MILLIS);
        }
        throw new IllegalStateException("no leader within " + LEADER_TIMEOUT);
    }

    @Override
    public void close() throws IOException {
        for (var member : members) {
            member.close();
        }
        if (Files.exists(directory)) {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
