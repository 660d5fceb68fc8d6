package io.raftboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What messages and documents tell people to do must exist: members can't be added or removed by an operation. */
class MessagesTests {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NO_SUCH_OPERATION = Pattern.compile(
            "remove (the|this|that) member|add (it|them|the member|the others|that one) (as new|anew|again)"
                    + "|add the others|members? (is|are) (added|removed) (and|by|with)",
            Pattern.CASE_INSENSITIVE);

    @Test
    void nobodyIsToldToAddOrRemoveMembers() throws IOException {
        List<String> found = new ArrayList<>();
        try (var files = Files.walk(ROOT, 12)) {
            files.filter(MessagesTests::isRead).forEach(file -> look(file, found));
        }
        assertThat(found).isEmpty();
    }

    private static boolean isRead(Path file) {
        String path = file.toString().replace('\\', '/');
        return (path.contains("/src/main/java/") && path.endsWith(".java"))
                || path.matches("\\.\\./(docs/[^/]*|README)\\.md");
    }

    private static void look(Path file, List<String> found) {
        try {
            // A message goes over several lines, with quotes and plus signs in between.
            String text =
                    Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", " ");
            var matcher = NO_SUCH_OPERATION.matcher(text);
            while (matcher.find()) {
                found.add(file + ": " + matcher.group());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
