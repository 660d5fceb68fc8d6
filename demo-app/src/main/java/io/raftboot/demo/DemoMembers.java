package io.raftboot.demo;

import io.raftboot.autoconfigure.SharedLogging;
import io.raftboot.demo.playground.Playground;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Three members, each an application context of its own, in one process, and a playground in which they are stopped, paused, cut off
 * and written to. What needs processes of their own, such as a real {@code kill -9}, is for three demos that are one member each.
 *
 * <p>All of it listens on 127.0.0.1, HTTP as raft, whatever is said elsewhere: who reaches the playground may stop members.
 *
 * <p>The data is under {@code demo-app/data}, whether Maven starts the demo (in {@code demo-app}) or someone the jar
 * (in the project's root): the working directory is taken for the former when it is called {@code demo-app}. Started
 * anywhere else, {@code demo-app/data} is made there.
 *
 * @param httpPorts of the members 1, 2, 3
 * @param raftPorts of the members 1, 2, 3
 * @param dataDirectory with one directory for each member
 */
record DemoMembers(List<Integer> httpPorts, List<Integer> raftPorts, Path dataDirectory) {
    private static final Logger log = LoggerFactory.getLogger(DemoMembers.class);
    private static final String MODULE = "demo-app";
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LEADER_PATIENCE = Duration.ofSeconds(10);
    private static final Duration SETTLED = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofMillis(20);

    static DemoMembers withDefaults() {
        return new DemoMembers(
                List.of(8081, 8082, 8083),
                List.of(7401, 7402, 7403),
                dataDirectory(Path.of("").toAbsolutePath()));
    }

    /**
     * Starts the members, and returns when they know a leader, or when that takes long; if one of them fails to start, those before
     * it are stopped again.
     */
    Playground start(String... args) {
        var playground = new Playground(httpPorts, (id, prepare) -> startMember((int) id - 1, prepare, args));
        playground.start();
        awaitLeader(playground);
        log.info("Three members run in this process; their data is in {}", dataDirectory);
        log.info("The demo is at http://localhost:{}/", httpPorts.get(0));
        return playground;
    }

    /**
     * Their election has lines in the log, the last of them a moment later, after which the address is to stand. Without a leader there
     * is more to see, not less.
     */
    private static void awaitLeader(Playground playground) {
        long nowNanos = System.nanoTime();
        long untilNanos = nowNanos + LEADER_PATIENCE.toNanos();
        long sinceNanos = nowNanos;
        while (nowNanos < untilNanos && nowNanos - sinceNanos < SETTLED.toNanos()) {
            LockSupport.parkNanos(LOOK.toNanos());
            nowNanos = System.nanoTime();
            sinceNanos = playground.isServing() ? sinceNanos : nowNanos;
        }
    }

    private void startMember(int i, Consumer<ConfigurableApplicationContext> prepare, String... args) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", httpPorts.get(i));
        properties.put("server.address", LOOPBACK);
        properties.put("raft.node-id", i + 1);
        properties.put("raft.peers", peers());
        properties.put("raft.data-dir", literal(dataDirectory.resolve("node-" + (i + 1))));
        var application = new SpringApplication(DemoApplication.class);
        SharedLogging.use(application);
        // Before the command line, which is the same for all three.
        application.addInitializers(context -> {
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("member", properties));
            prepare.accept(context);
        });
        application.run(args);
    }

    /** A path may have in it what would be filled in as a placeholder. */
    private static String literal(Path path) {
        return path.toString().replace("${", "\\${");
    }

    private String peers() {
        return IntStream.range(0, raftPorts.size())
                .mapToObj(i -> (i + 1) + "@" + LOOPBACK + ":" + raftPorts.get(i))
                .collect(Collectors.joining(","));
    }

    static Path dataDirectory(Path workingDirectory) {
        Path name = workingDirectory.getFileName();
        boolean inModule =
                name != null && name.toString().equals(MODULE) && !Files.isDirectory(workingDirectory.resolve(MODULE));
        return (inModule ? workingDirectory : workingDirectory.resolve(MODULE)).resolve("data");
    }
}
