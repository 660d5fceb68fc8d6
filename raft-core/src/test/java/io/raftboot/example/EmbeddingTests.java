package io.raftboot.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.config.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/embedding.md shows runs, and is what it shows. */
class EmbeddingTests {
    private static final Path DOCUMENT = Path.of("..", "docs", "embedding.md");
    private static final Path EXAMPLE = Path.of("src", "test", "java", "io", "raftboot", "example");
    private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern MOVED = Pattern.compile("^\\| `([\\w.]+)` \\| `([\\w.]+)` \\|$", Pattern.MULTILINE);

    @TempDir
    Path temp;

    @Test
    void threeMembersCountTogetherAndGoOnAfterAStop() throws IOException {
        var peers = new ArrayList<Peer>();
        for (int id = 1; id <= 3; id++) {
            peers.add(new Peer(id, "127.0.0.1", freePort()));
        }
        try (var first = member(peers, 0);
                var second = member(peers, 1)) {
            try (var third = member(peers, 2)) {
                assertThat(first.add(40)).isEqualTo(40);
                assertThat(third.add(2)).isEqualTo(42);
                assertThat(second.value()).isEqualTo(42);
            }
            assertThat(second.add(1)).isEqualTo(43);
            try (var third = member(peers, 2)) {
                assertThat(third.value()).isEqualTo(43);
            }
        }
    }

    @Test
    void oneMemberAloneCountsToo() throws IOException {
        var self = new Peer(1, "127.0.0.1", freePort());
        try (var member = member(List.of(self), 0)) {
            assertThat(member.add(7)).isEqualTo(7);
        }
        try (var member = member(List.of(self), 0)) {
            assertThat(member.value()).isEqualTo(7);
        }
    }

    @Test
    void documentShowsTheExampleAsItIs() throws IOException {
        var source = new StringBuilder();
        try (var files = Files.list(EXAMPLE)) {
            for (Path file : files.sorted().toList()) {
                source.append(Files.readString(file));
            }
        }
        var shown = CODE.matcher(Files.readString(DOCUMENT))
                .results()
                .map(code -> code.group(1).strip())
                .toList();
        assertThat(shown).hasSize(2).allSatisfy(code -> assertThat(source.toString())
                .contains(code));
    }

    @Test
    void typesThatMovedAreWhereTheDocumentSays() throws IOException {
        List<MatchResult> moved =
                MOVED.matcher(Files.readString(DOCUMENT)).results().toList();
        assertThat(moved).hasSizeGreaterThan(30).allSatisfy(row -> {
            assertThat(file(row.group(1))).doesNotExist();
            assertThat(file(row.group(2))).exists();
        });
    }

    private static Path file(String type) {
        return Path.of("src", "main", "java", type.replace('.', '/') + ".java");
    }

    private CountingMember member(List<Peer> peers, int index) {
        return new CountingMember(temp.resolve("member" + index), peers.get(index), peers);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
