package io.raftboot.autoconfigure.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of the page. They are beside this class and not where an application's static files are, so that they are served by
 * nobody else, and only to whom may see them. Read once, and held.
 */
final class ConsoleFiles {
    /** The page itself. */
    static final String PAGE = "page.html";

    private static final String SCRIPT = "text/javascript;charset=UTF-8";

    /** Media types of all files there are, by name. */
    static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry(PAGE, "text/html;charset=UTF-8"),
            Map.entry("console.css", "text/css;charset=UTF-8"),
            Map.entry("uplot.css", "text/css;charset=UTF-8"),
            Map.entry("icon.svg", "image/svg+xml"),
            Map.entry("uplot.js", SCRIPT),
            Map.entry("uplot.license.txt", "text/plain;charset=UTF-8"),
            Map.entry("actions.js", SCRIPT),
            Map.entry("calls.js", SCRIPT),
            Map.entry("console.js", SCRIPT),
            Map.entry("dom.js", SCRIPT),
            Map.entry("feed.js", SCRIPT),
            Map.entry("timeline.js", SCRIPT),
            Map.entry("words.js", SCRIPT),
            Map.entry("views.js", SCRIPT),
            Map.entry("charts.js", SCRIPT));

    private final Map<String, File> files = new LinkedHashMap<>();

    /** A file with its name for caches. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record File(String type, String tag, byte[] bytes) {}

    ConsoleFiles() {
        TYPES.forEach((name, type) -> files.put(name, read(name, type)));
    }

    private static File read(String name, String type) {
        try (var in = ConsoleFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        name + " is not in the class path beside " + ConsoleFiles.class.getName());
            }
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new File(type, '"' + HexFormat.of().formatHex(digest, 0, 16) + '"', bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * The answer with a file; null if there is none of this name.
     *
     * @param known the header {@code If-None-Match}; null if there is none
     */
    @Nullable
    ConsoleAnswer answer(String name, @Nullable String known) {
        File file = files.get(name);
        if (file == null) {
            return null;
        }
        // May be kept, but asked for each time: another version of the application has other files at the same places.
        var headers = Map.of("Content-Type", file.type(), "Cache-Control", "no-cache", "ETag", file.tag());
        return known != null && known.contains(file.tag())
                ? new ConsoleAnswer(304, headers, new byte[0])
                : new ConsoleAnswer(200, headers, file.bytes());
    }
}
