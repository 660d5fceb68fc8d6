package io.raftboot.console.browser;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import io.raftboot.console.cluster.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The console as a reader has it: by its words, and by keys. Where the words stand is said here alone. */
public final class ConsolePage {
    private static final double PAUSE_MILLIS = 50;
    private static final double PATIENCE_MILLIS = (double) Cluster.PATIENCE.toMillis();

    /** Notes for each member when the page named it as the leader, by the clock of the browser, which is that of the members. */
    private static final String NOTE_LEADERS =
            """
            () => {
              window.leadersSince = {};
              const look = () => {
                const named = /Member (\\d+) leads/.exec(document.getElementById('verdict-text').textContent);
                if (named && !(named[1] in window.leadersSince)) {
                  window.leadersSince[named[1]] = Date.now();
                }
              };
              new MutationObserver(look).observe(document.getElementById('verdict'), {subtree: true, childList: true, characterData: true});
              look();
            }""";

    private final Page page;
    private final Sight sight;
    private final Traffic traffic;
    private @Nullable Response response;

    ConsolePage(Page page, Sight sight) {
        this.page = page;
        this.sight = sight;
        page.setDefaultTimeout(PATIENCE_MILLIS);
        traffic = new Traffic(page.context(), page);
    }

    void open(String url) {
        response = page.navigate(url);
    }

    void close() {
        page.context().close();
    }

    /** The page of Playwright, for what is said nowhere here. */
    public Page page() {
        return page;
    }

    public Sight sight() {
        return sight;
    }

    public String url() {
        return page.url();
    }

    /** That of the answer to the page itself. */
    public int status() {
        return Objects.requireNonNull(response).status();
    }

    public Traffic traffic() {
        return traffic;
    }

    /** How the group is, in a sentence. */
    public String verdict() {
        return text("#verdict-text");
    }

    /** {@code healthy}, {@code fragile}, {@code broken}, or {@code unknown} where the member does not answer. */
    public String level() {
        return Objects.requireNonNullElse(page.locator("#verdict").getAttribute("data-level"), "");
    }

    /** What to do; empty if nothing is. */
    public String advice() {
        return text("#verdict-advice");
    }

    public String tolerance() {
        return text("#verdict-tolerance");
    }

    /** That and why the member does not answer; empty if it does. */
    public String trouble() {
        return text("#trouble");
    }

    /** How old all of it is. */
    public String age() {
        return text("#age");
    }

    /** What of a view can be read, as text; empty if there is no such view, or it is hidden. */
    public String view(String id) {
        return text("#" + id);
    }

    /** Names of the views, in their order. */
    public List<String> views() {
        return page.locator("main > section[id]").all().stream()
                .map(section -> Objects.requireNonNull(section.getAttribute("id")))
                .toList();
    }

    /** Heads of the rows of the table of the members. */
    public List<String> members() {
        return page.locator("#members-rows tr > th").allInnerTexts();
    }

    /** What the table of the members says of one. */
    public MemberRow memberRow(long id) {
        return row("#members-rows", id);
    }

    /** What the table of logs, snapshots and disks says of a member. */
    public MemberRow storageRow(long id) {
        return row("#storage-rows", id);
    }

    /** What the table of the work says of a member. */
    public MemberRow workRow(long id) {
        return row("#work-rows", id);
    }

    private MemberRow row(String table, long id) {
        return new MemberRow(page.locator(table + " > tr")
                .filter(new Locator.FilterOptions().setHas(page.locator("th", named(id)))));
    }

    private static Page.LocatorOptions named(long id) {
        return new Page.LocatorOptions().setHasText(Pattern.compile("Member " + id + "\\b"));
    }

    /** What the matrix says of the way from one member to another. */
    public String way(long from, long to) {
        var heads = page.locator("#ways-head th").allInnerTexts();
        int column = heads.indexOf("to member " + to);
        var row = page.locator("#ways-rows > tr")
                .filter(new Locator.FilterOptions().setHas(page.locator("th", named(from))));
        return column < 0
                ? ""
                : String.join(" ", row.locator(":scope > *").nth(column).allInnerTexts());
    }

    /** What there is to be read at a place. */
    private String text(String selector) {
        return String.join(
                        " ",
                        page.locator(selector)
                                .filter(new Locator.FilterOptions().setVisible(true))
                                .allInnerTexts())
                .strip();
    }

    /** Waits until an assertion holds, for as long as {@link Cluster#PATIENCE}. The page goes on meanwhile. */
    public void eventually(Runnable assertion) {
        long since = System.nanoTime();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError | PlaywrightException notYet) {
                if (System.nanoTime() - since > Cluster.PATIENCE.toNanos()) {
                    throw notYet;
                }
                page.waitForTimeout(PAUSE_MILLIS);
            }
        }
    }

    /** Lets the page go on for a while. */
    public void goOn(Duration time) {
        page.waitForTimeout((double) time.toMillis());
    }

    /** Begins to note when the page names which leader. */
    public void noteLeaders() {
        page.evaluate(NOTE_LEADERS);
    }

    /** When the page named a member as the leader for the first time, in milliseconds since 1970; 0 if it has not. */
    public long leaderNamedMillis(long id) {
        Object since = page.evaluate("() => window.leadersSince");
        return since instanceof Map<?, ?> noted && noted.get(String.valueOf(id)) instanceof Number millis
                ? millis.longValue()
                : 0;
    }

    /** A key, as {@code Tab}, {@code Enter} or {@code Shift+Tab}. */
    public void press(String key) {
        page.keyboard().press(key);
    }

    /** Keeps how all of the page looks. */
    public void picture(Path file) {
        page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
    }

    /** How all of the page looks, as a PNG. */
    byte[] picture() {
        return page.screenshot(new Page.ScreenshotOptions().setFullPage(true));
    }
}
