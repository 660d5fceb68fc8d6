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

/** What messages and documents say of changes of the members is as it is: there are operations for them. */
class MessagesTests {
    private static final Path ROOT = Path.of("..");
    private static final Pattern OUTDATED = Pattern.compile(
            "members can('|no)t be (added|removed|replaced)|(has|have) no verbs|there is no way to (add|remove) (a )?members?",
            Pattern.CASE_INSENSITIVE);

    @Test
    void nobodyIsToldThatMembersStayAsTheyAre() throws IOException {
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
            var matcher = OUTDATED.matcher(text);
            while (matcher.find()) {
                found.add(file + ": " + matcher.group());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
