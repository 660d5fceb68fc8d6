package io.raftboot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTests {
    @TempDir
    private Path directory;

    @Test
    void findsItsJarInADirectoryOfJars() throws Exception {
        var jar = Files.createFile(directory.resolve("peer-jgroups.jar"));

        assertThat(Peer.JGROUPS.jvm(directory).launch()).containsExactly("-jar", jar.toString());
    }

    @Test
    void findsItsJarWhereTheBuildPutsIt() throws Exception {
        var target = Files.createDirectories(directory.resolve("sofajraft/target"));
        var jar = Files.createFile(target.resolve("peer-sofajraft.jar"));

        assertThat(Peer.SOFAJRAFT.jvm(directory).launch()).containsExactly("-jar", jar.toString());
    }

    @Test
    void saysWhatToBuildWhenThereIsNoJar() {
        assertThatThrownBy(() -> Peer.RATIS.jvm(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(directory.resolve("peer-ratis.jar").toString())
                .hasMessageContaining("mvn -Pbenchmarks -pl benchmarks/peers/ratis -am -DskipTests package");
    }
}
