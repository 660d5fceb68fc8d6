package io.raftboot.console.browser;

import com.microsoft.playwright.options.ColorScheme;
import java.util.Locale;

/** How a reader sees a page: in which colours, and how wide. */
public enum Sight {
    LIGHT_WIDE(ColorScheme.LIGHT, 1280, 900),
    DARK_WIDE(ColorScheme.DARK, 1280, 900),
    LIGHT_PHONE(ColorScheme.LIGHT, 390, 844),
    DARK_PHONE(ColorScheme.DARK, 390, 844);

    private final ColorScheme colors;
    private final int width;
    private final int height;

    Sight(ColorScheme colors, int width, int height) {
        this.colors = colors;
        this.width = width;
        this.height = height;
    }

    ColorScheme colors() {
        return colors;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Whether it is that of a screen, and not of a phone. */
    public boolean isWide() {
        return width > 1000;
    }

    /** For names of files, as {@code light-1280}. */
    public String suffix() {
        return colors.name().toLowerCase(Locale.ROOT) + "-" + width;
    }
}
