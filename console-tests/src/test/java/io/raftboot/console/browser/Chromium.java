package io.raftboot.console.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.options.ReducedMotion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Readers with a browser each, whose pages are open until the test is over. A test has it as a parameter, by {@link InChromium}. */
public final class Chromium {
    private final Browser browser;
    private final List<ConsolePage> pages = new ArrayList<>();

    Chromium(Browser browser) {
        this.browser = browser;
    }

    /**
     * Somebody who looks.
     *
     * @param user null for nobody in particular
     */
    public record Reader(Chromium chromium, Sight sight, @Nullable String user, @Nullable String password) {
        /** Who logs in as somebody, when asked for it. */
        public Reader as(String name, String secret) {
            return new Reader(chromium, sight, name, secret);
        }

        /** Opens a page, and waits until it and its files are there. Whether it is the console is for the test to see. */
        public ConsolePage open(String url) {
            return chromium.open(this, url);
        }
    }

    /** Who sees in a certain way. */
    public Reader seeing(Sight sight) {
        return new Reader(this, sight, null, null);
    }

    /** Who logs in, when asked for it. */
    public Reader as(String user, String password) {
        return seeing(Sight.LIGHT_WIDE).as(user, password);
    }

    /** Opens a page as anybody. */
    public ConsolePage open(String url) {
        return seeing(Sight.LIGHT_WIDE).open(url);
    }

    private ConsolePage open(Reader reader, String url) {
        var sight = reader.sight();
        var options = new Browser.NewContextOptions()
                .setColorScheme(sight.colors())
                .setViewportSize(sight.width(), sight.height())
                .setDeviceScaleFactor(1)
                .setLocale("en-GB")
                .setReducedMotion(ReducedMotion.REDUCE);
        if (reader.user() != null && reader.password() != null) {
            options.setHttpCredentials(reader.user(), reader.password());
        }
        BrowserContext context = browser.newContext(options);
        var page = new ConsolePage(context.newPage(), sight);
        pages.add(page);
        page.open(url);
        return page;
    }

    List<ConsolePage> pages() {
        return pages;
    }

    void close() {
        pages.forEach(ConsolePage::close);
        pages.clear();
    }
}
