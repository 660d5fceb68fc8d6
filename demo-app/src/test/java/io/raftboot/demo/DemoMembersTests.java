package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoMembersTests {
    @Test
    void dataIsInTheModuleWhereverTheDemoIsStarted(@TempDir Path root) throws Exception {
        Path module = Files.createDirectory(root.resolve("demo-app"));
        assertThat(DemoMembers.dataDirectory(root)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(module)).isEqualTo(module.resolve("data"));
        assertThat(DemoMembers.dataDirectory(root.resolve("elsewhere")))
                .isEqualTo(root.resolve("elsewhere/demo-app/data"));
    }
}
