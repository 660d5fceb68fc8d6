package io.raftboot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.replica.config.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Names are looked at wherever Boot reads properties from; what is printed is what Boot prints. */
@ExtendWith(OutputCaptureExtension.class)
class PropertySourcesTests {
    @TempDir
    private Path directory;

    @Test
    void mapOfPeersInYamlIsToBeAList(CapturedOutput output) throws IOException {
        write("application.yaml", "raft:\n  node-id: 2\n  peers:\n    1: a:7400\n    2: b:7400\n");
        fails();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("raft.peers[1]=a:7400")
                .contains("application.yaml] - 4:8")
                .contains("in a YAML file a list, not a map");
    }

    @Test
    void listOfPeersInYamlIsOne() throws IOException {
        write("application.yaml", "raft:\n  node-id: 2\n  peers:\n  - 1@a\n  - 2@b:7402\n  snapshot:\n");
        try (var context = start()) {
            assertThat(context.getBean(RaftProperties.class).peers())
                    .containsExactly(new Peer(1, "a", 7400), new Peer(2, "b", 7402));
        }
    }

    @Test
    void jsonOfTheEnvironmentIsLookedAt(CapturedOutput output) {
        fails("--spring.application.json={\"raft\":{\"peer\":\"1@a\"}}");
        assertThat(output).contains("raft.peer=1@a (SPRING_APPLICATION_JSON)").contains("resembles raft.peers");
    }

    @Test
    void treeOfFilesIsLookedAt(CapturedOutput output) throws IOException {
        write("tree/raft/nodeid", "2\n");
        fails("--spring.config.import=configtree:" + directory.resolve("tree") + "/");
        assertThat(output)
                .contains("raft.nodeid=2")
                .contains(directory.resolve("tree/raft/nodeid").toString())
                .contains("Write raft.node-id=2");
    }

    @Test
    void treeOfFilesWithLineEndsIsRead() throws IOException {
        write("tree/raft/node-id", "2\n");
        write("tree/raft/peers", "1@a,2@b\n");
        write("tree/raft/cluster-name", "orders\n");
        try (var context = start("--spring.config.import=configtree:" + directory.resolve("tree") + "/")) {
            assertThat(context.getBean(RaftProperties.class).clusterName()).isEqualTo("orders");
        }
    }

    @Test
    void fileOfAnActiveProfileIsLookedAt(CapturedOutput output) throws IOException {
        write("application-prod.properties", "# members\nraft.peer=1@a\n");
        fails("--spring.profiles.active=prod");
        assertThat(output).contains("raft.peer=1@a").contains("application-prod.properties] - 2:");
    }

    @Test
    void documentOfAProfileThatIsNotActiveIsNot() throws IOException {
        write(
                "application.yaml",
                "raft.cluster-name: orders\n---\nspring.config.activate.on-profile: prod\nraft.peer: 1@a\n");
        try (var context = start()) {
            assertThat(context.getBean(RaftProperties.class).clusterName()).isEqualTo("orders");
        }
    }

    @Test
    void importedFileIsLookedAt(CapturedOutput output) throws IOException {
        write("application.properties", "spring.config.import=extra.properties\n");
        write("extra.properties", "raft.session.timout=2h\n");
        fails();
        assertThat(output)
                .contains("raft.session.timout=2h")
                .contains("extra.properties] - 1:")
                .contains("Write raft.session.timeout=2h");
    }

    @Test
    void valueThatWinsIsTheOneThatIsShown(CapturedOutput output) throws IOException {
        write("application.properties", "raft.snapshot.retain=3\n");
        fails("--raft.snapshot.retain=0");
        assertThat(output)
                .contains("raft.snapshot.retain=0 (the command line)")
                .doesNotContain("raft.snapshot.retain=3");
    }

    private void write(String file, String text) throws IOException {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void fails(String... arguments) {
        assertThatThrownBy(() -> start(arguments).close()).isInstanceOf(RuntimeException.class);
    }

    private ConfigurableApplicationContext start(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--spring.config.location=file:" + directory + "/");
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .initializers(ResolvedContext::startNothing)
                .run(all.toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RaftAutoConfiguration.class)
    static class Application {}
}
