package io.raftboot.demo.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the demo's pages, by name. Read once, and held. Any thread. */
public final class PageFiles {
    /** Path before the names of all files. */
    public static final String BELOW = "/demo/";

    private static final String HTML = "text/html;charset=UTF-8";
    private static final String STYLE = "text/css;charset=UTF-8";
    private static final String SCRIPT = "text/javascript;charset=UTF-8";

    /** Files of the console, which give these pages its look. They come from there, so that there is one look, and one copy. */
    private static final Map<String, String> OF_THE_CONSOLE =
            Map.of("console.css", STYLE, "dom.js", SCRIPT, "words.js", SCRIPT, "icon.svg", "image/svg+xml");

    private static final String CONSOLE = "io/raftboot/autoconfigure/console/";

    private static final Map<String, String> OWN = Map.of(
            "start.html",
            HTML,
            "member.html",
            HTML,
            "playground.html",
            HTML,
            "pages.css",
            STYLE,
            "start.js",
            SCRIPT,
            "playground.js",
            SCRIPT,
            "calls.js",
            SCRIPT,
            "members.js",
            SCRIPT,
            "steady.js",
            SCRIPT);

    private static final String PAGES = "io/raftboot/demo/pages/";

    private final Map<String, PageAnswer> files = new LinkedHashMap<>();

    /** @throws IllegalStateException if one of them is not in the class path */
    public PageFiles() {
        OWN.forEach((name, type) -> files.put(name, read(PAGES + name, type)));
        OF_THE_CONSOLE.forEach((name, type) -> files.put(name, read(CONSOLE + name, type)));
    }

    private static PageAnswer read(String resource, String type) {
        try (var in = PageFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not in the class path");
            }
            return PageAnswer.file(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A page.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public PageAnswer page(String name) {
        PageAnswer page = files.get(name);
        if (page == null) {
            throw new IllegalArgumentException("there is no page " + name);
        }
        return page;
    }

    /** What is at a path below {@link #BELOW}; null if nothing is. Pages have paths of their own. */
    public @Nullable PageAnswer below(String path) {
        return path.startsWith(BELOW) && !path.endsWith(".html") ? files.get(path.substring(BELOW.length())) : null;
    }
}
