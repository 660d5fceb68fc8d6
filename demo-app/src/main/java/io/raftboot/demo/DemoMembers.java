package io.raftboot.demo;

import io.raftboot.autoconfigure.SharedLogging;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Three members, each an application context of its own, in one process: enough to see a cluster at work, not to see
 * it survive, for which each member needs a process of its own.
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

    static DemoMembers withDefaults() {
        return new DemoMembers(
                List.of(8081, 8082, 8083),
                List.of(7401, 7402, 7403),
                dataDirectory(Path.of("").toAbsolutePath()));
    }

    /** Starts the members; if one of them fails to start, those before it are stopped again. */
    List<ConfigurableApplicationContext> start(String... args) {
        List<ConfigurableApplicationContext> members = new ArrayList<>();
        try {
            for (int i = 0; i < httpPorts.size(); i++) {
                members.add(startMember(i, args));
            }
        } catch (RuntimeException e) {
            members.forEach(ConfigurableApplicationContext::close);
            throw e;
        }
        log.info(
                "Three members run in this process: {}; their data is in {}",
                httpPorts.stream().map(port -> "http://localhost:" + port).collect(Collectors.joining(", ")),
                dataDirectory);
        return members;
    }

    private ConfigurableApplicationContext startMember(int i, String... args) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", httpPorts.get(i));
        properties.put("raft.node-id", i + 1);
        properties.put("raft.peers", peers());
        properties.put("raft.data-dir", literal(dataDirectory.resolve("node-" + (i + 1))));
        var application = new SpringApplication(DemoApplication.class);
        SharedLogging.use(application);
        // Before the command line, which is the same for all three.
        application.addInitializers(context ->
                context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("member", properties)));
        return application.run(args);
    }

    /** A path may have in it what would be filled in as a placeholder. */
    private static String literal(Path path) {
        return path.toString().replace("${", "\\${");
    }

    private String peers() {
        return IntStream.range(0, raftPorts.size())
                .mapToObj(i -> (i + 1) + "@127.0.0.1:" + raftPorts.get(i))
                .collect(Collectors.joining(","));
    }

    static Path dataDirectory(Path workingDirectory) {
        Path name = workingDirectory.getFileName();
        boolean inModule =
                name != null && name.toString().equals(MODULE) && !Files.isDirectory(workingDirectory.resolve(MODULE));
        return (inModule ? workingDirectory : workingDirectory.resolve(MODULE)).resolve("data");
    }
}
