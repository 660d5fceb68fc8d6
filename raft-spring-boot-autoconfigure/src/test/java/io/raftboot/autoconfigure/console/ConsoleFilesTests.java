package io.raftboot.autoconfigure.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a strict policy, a proxy, and a line that is slow, ask of the files. */
class ConsoleFilesTests {
    private static final Path SOURCES = Path.of("src/main/resources/io/raftboot/autoconfigure/console");
    private static final int MAX_BYTES = 300_000;

    private static String file(String name) {
        var answer = Objects.requireNonNull(new ConsoleFiles().answer(name, null));
        return new String(answer.body(), UTF_8);
    }

    @Test
    void allTogetherAreSmall() {
        int bytes = ConsoleFiles.TYPES.keySet().stream()
                .mapToInt(name -> file(name).length())
                .sum();
        assertThat(bytes).isPositive().isLessThan(MAX_BYTES);
    }

    @Test
    void allThatAreThereAreServed() throws IOException {
        try (var files = Files.list(SOURCES)) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .isEqualTo(ConsoleFiles.TYPES.keySet());
        }
    }

    @Test
    void nothingComesFromElsewhereAndNoLinkBeginsAtTheRoot() {
        // The first line of what was taken over says where it is from; and the names of languages of pictures look like
        // addresses.
        var elsewhere = Pattern.compile(
                "(?<!^/\\*! )https?://(?!www\\.w3\\.org/)|(?:src|href|url|action)\\s*[=(]\\s*[\"']?/|@import|//cdn");
        for (String name : ConsoleFiles.TYPES.keySet()) {
            assertThat(elsewhere.matcher(file(name)).find()).as(name).isFalse();
        }
        assertThat(elsewhere.matcher("<script src=\"/app.js\">").find()).isTrue();
        assertThat(elsewhere.matcher("fetch('https://example.org')").find()).isTrue();
        assertThat(elsewhere.matcher("background: url(/a.png)").find()).isTrue();
    }

    @Test
    void linksOfThePageAreAsSeenFromThePageItself() {
        var links = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(file(ConsoleFiles.PAGE));
        int found = 0;
        while (links.find()) {
            String link = links.group(1);
            if (!link.startsWith("#")) {
                found++;
                assertThat(link).startsWith("console/");
                assertThat(ConsoleFiles.TYPES).containsKey(link.substring("console/".length()));
            }
        }
        assertThat(found).isGreaterThan(4);
    }

    @Test
    void pageHasNothingInlineThatThePolicyWouldStop() {
        String page = file(ConsoleFiles.PAGE);
        assertThat(page)
                .doesNotContainPattern("<script(?![^>]*\\ssrc=)")
                .doesNotContain("<style", "javascript:")
                .doesNotContainPattern("\\s(?:style|on\\w+)=");
    }

    @Test
    void textOfMembersIsNeverMarkup() {
        ConsoleFiles.TYPES.keySet().stream()
                .filter(name -> name.endsWith(".js") && !name.equals("uplot.js"))
                .forEach(name -> assertThat(file(name))
                        .as(name)
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("));
    }

    @Test
    void licenceOfWhatWasTakenOverIsWithIt() {
        assertThat(file("uplot.license.txt")).contains("MIT License", "Leon Sorokin");
        assertThat(file("uplot.js")).contains("uPlot (v1.6.32)");
    }
}
