package io.raftboot.console.browser;

import com.microsoft.playwright.options.BoundingBox;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;

/** Pictures of the page, each view in a file of its own. */
public final class Pictures {
    private static final int MOST_TRIES = 20;
    private static final String PROPERTY = "console.pictures";

    /** Around a view, so that it does not stick to the edge. */
    private static final int MARGIN = 16;

    /** No focus, and at the beginning. */
    private static final String CALM = "() => { document.activeElement.blur(); scrollTo(0, 0); }";

    private final Path directory;

    private Pictures(Path directory) {
        this.directory = directory;
    }

    /** Where {@code console.pictures} says, below the project's root if it is relative, or where nobody keeps them. */
    public static Pictures wanted() {
        var root = Path.of(System.getProperty("console.root", ".."));
        return new Pictures(root.resolve(System.getProperty(PROPERTY, "console-tests/target/pictures"))
                .normalize());
    }

    /** Whether somebody has said where they go, for which a longer wait is worth it. */
    public static boolean areForTheDocs() {
        return System.getProperty(PROPERTY) != null;
    }

    public Path directory() {
        return directory;
    }

    /** Keeps each view of a page as {@code VIEW-SIGHT.png}, all as of one moment. */
    public void ofViews(ConsolePage page) {
        var views = page.views();
        var shown = shown(page, views);
        shown.boxes.forEach((view, box) ->
                write(shown.cropped(box), view + "-" + page.sight().suffix()));
    }

    /** Keeps one view of a page as {@code NAME-SIGHT.png}. */
    public void ofView(ConsolePage page, String view, String name) {
        var shown = shown(page, List.of(view));
        shown.boxes
                .values()
                .forEach(box ->
                        write(shown.cropped(box), name + "-" + page.sight().suffix()));
    }

    /** Keeps what a reader sees of the page at first as {@code NAME-SIGHT.png}. */
    public void ofFirstSight(ConsolePage page, String name) {
        page.page().evaluate(CALM);
        write(read(page.page().screenshot()), name + "-" + page.sight().suffix());
    }

    /** A picture of all of a page, and where its views are in it. */
    private record Shown(BufferedImage whole, Map<String, List<Integer>> boxes) {
        BufferedImage cropped(List<Integer> box) {
            int left = Math.max(0, box.get(0) - MARGIN);
            int top = Math.max(0, box.get(1) - MARGIN);
            int right = Math.min(whole.getWidth(), box.get(0) + box.get(2) + MARGIN);
            int bottom = Math.min(whole.getHeight(), box.get(1) + box.get(3) + MARGIN);
            return whole.getSubimage(left, top, right - left, bottom - top);
        }
    }

    /** The page goes on meanwhile: it is asked again until nothing has moved. */
    private static Shown shown(ConsolePage page, List<String> views) {
        page.page().evaluate(CALM);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            var before = boxes(page, views);
            var whole = read(page.picture());
            if (before.equals(boxes(page, views))) {
                return new Shown(whole, before);
            }
        }
        throw new IllegalStateException("the page did not hold still for a picture in " + MOST_TRIES + " tries");
    }

    private static Map<String, List<Integer>> boxes(ConsolePage page, List<String> views) {
        var boxes = new LinkedHashMap<String, List<Integer>>();
        for (String view : views) {
            BoundingBox box =
                    Objects.requireNonNull(page.page().locator("#" + view).boundingBox(), view);
            boxes.put(view, List.of((int) box.x, (int) box.y, (int) Math.ceil(box.width), (int) Math.ceil(box.height)));
        }
        return boxes;
    }

    private static BufferedImage read(byte[] png) {
        try {
            return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(BufferedImage image, String name) {
        try {
            Files.createDirectories(directory);
            ImageIO.write(image, "png", directory.resolve(name + ".png").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
