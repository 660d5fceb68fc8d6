package io.raftboot.demo;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The demo. Started with {@code --raft.node-id} or {@code --raft.peers} (or the environment's {@code RAFT_NODE_ID},
 * {@code RAFT_PEERS}), or with {@code --raft.discovery.dns.name}, it is that one member; without, three members in one process, see
 * {@link DemoMembers}.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class DemoApplication {
    public static void main(String[] args) {
        if (namesOneMember(args)) {
            SpringApplication.run(DemoApplication.class, args);
        } else {
            var unused = DemoMembers.withDefaults().start(args);
        }
    }

    private static boolean namesOneMember(String[] args) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
        return isSet(environment, "raft.node-id")
                || isSet(environment, "raft.peers")
                || isSet(environment, "raft.discovery.dns.name");
    }

    private static boolean isSet(Environment environment, String property) {
        return environment.containsProperty(property) || environment.containsProperty(property + "[0]");
    }
}
