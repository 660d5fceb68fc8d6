package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.SnapshotOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member in a country where numbers are written with other digits, and letters change their case otherwise. */
@Isolated("changes the default locale")
class LocaleTests {
    private final Locale before = Locale.getDefault();

    @TempDir
    Path dir;

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai", "tr-TR"})
    void directoryIsNamedAndFoundAgainWhateverTheLocale(String tag) throws IOException {
        Locale.setDefault(Locale.forLanguageTag(tag));
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.applied(cluster.awaitLeader(), "a");
            assertThat(TestCluster.get(cluster.replica(1).takeSnapshot())).isInstanceOf(SnapshotOutcome.Taken.class);
            assertThat(files())
                    .isNotEmpty()
                    .allMatch(name -> StandardCharsets.US_ASCII.newEncoder().canEncode(name));
        }
        Locale.setDefault(before);
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.applied(cluster.awaitLeader(), "b");
            cluster.awaitCommands(List.of("a", "b"));
        }
        Locale.setDefault(Locale.forLanguageTag(tag));
        try (var cluster = TestCluster.onDisk(1, dir).start()) {
            cluster.awaitLeader();
            cluster.awaitCommands(List.of("a", "b"));
        }
    }

    private List<String> files() throws IOException {
        try (var files = Files.walk(dir)) {
            return files.map(file -> dir.relativize(file).toString()).toList();
        }
    }
}
