package io.raftboot.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftboot.console.browser.Axe;
import io.raftboot.console.browser.Chromium;
import io.raftboot.console.browser.ConsolePage;
import io.raftboot.console.browser.InChromium;
import io.raftboot.console.browser.Keys;
import io.raftboot.console.browser.Sight;
import io.raftboot.console.cluster.Cluster;
import io.raftboot.console.cluster.Load;
import io.raftboot.console.cluster.Member;
import io.raftboot.console.cluster.Stack;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of a member of a group that works, and that nothing happens to. */
@ExtendWith(InChromium.class)
class PageTests {
    private static final int MOST_BYTES = 300_000;

    /** Long enough for the page to ask again. */
    private static final Duration TWO_QUESTIONS = Duration.ofMillis(2_500);

    /** What keeps a reader from seeing where a view begins; empty if nothing does. */
    private static final String HIDDEN =
            """
            (view) => {
              const top = document.getElementById(view).getBoundingClientRect().top;
              const head = document.querySelector('header').getBoundingClientRect().bottom;
              return top < head ? `begins at ${top}, behind the head that ends at ${head}`
                : top >= innerHeight ? `begins at ${top}, below the screen` : '';
            }""";

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Cluster.of(Stack.SERVLET, 3).with("--raft.admin.enabled=true").start();
        // Not for longer than there has to be something to show: it takes the processor from the browser.
        try (var load = Load.on(cluster)) {
            await().atMost(Cluster.PATIENCE).until(() -> load.calls() > 200);
            for (Member member : cluster.members()) {
                assertThat(member.replica().takeSnapshot().join()).isNotNull();
            }
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static ConsolePage open(Chromium chromium, Sight sight) {
        var page = chromium.seeing(sight).open(cluster.member(1).url("/raft/console"));
        page.eventually(() -> assertThat(page.verdict()).startsWith("Healthy"));
        return page;
    }

    @Test
    void threeMembersAndTheLeaderAreShown(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        assertThat(page.members()).containsExactly("Member 1 this one", "Member 2", "Member 3");
        long leader = cluster.leader().id();
        page.eventually(() -> {
            assertThat(page.verdict())
                    .isEqualTo("Healthy: all 3 voters keep up, and one voter may fail. Member " + leader + " leads.");
            assertThat(page.advice()).isEmpty();
            assertThat(page.tolerance()).isEqualTo("Failure tolerance: 1 more voter.");
            assertThat(page.trouble()).isEmpty();
            for (Member member : cluster.members()) {
                var row = page.memberRow(member.id());
                assertThat(row.role()).isEqualTo(member.id() == leader ? "leader" : "follower");
                assertThat(row.cell("Address")).isEqualTo(member.address());
                assertThat(row.problems()).isEqualTo("None");
            }
        });
    }

    @Test
    void eachViewHasDataInIt(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        page.eventually(() -> {
            assertThat(page.way(1, 2)).matches("\\d.* (µs|ms)");
            assertThat(page.way(2, 2)).isEqualTo("itself");
            assertThat(page.view("configuration")).contains("Voters\n1, 2, 3", "No change is under way.");
            assertThat(page.workRow(cluster.leader().id()).cell("Until committed"))
                    .matches("\\d.* (µs|ms)|none");
            for (Member member : cluster.members()) {
                var row = page.storageRow(member.id());
                assertThat(row.cell("Newest snapshot")).contains("at entry", "ago");
                assertThat(row.cell("Free disk")).matches("\\d.* GB");
            }
            assertThat(page.view("machines"))
                    .contains("inventory", "Understands: add/", "Failed", "orders", "Sessions\n");
            assertThat(page.view("entries")).contains("a command").containsAnyOf("add", "take", "place", "ship");
        });
    }

    @Test
    void pageIsSmallAndTakesNothingFromElsewhere(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        assertThat(page.traffic().receivedBytes()).isBetween(50_000L, (long) MOST_BYTES);
        page.goOn(TWO_QUESTIONS);
        assertThat(page.traffic().addresses()).hasSizeGreaterThan(6);
        assertThat(page.traffic().elsewhere(page.url())).isEmpty();
        assertThat(page.traffic().problems()).isEmpty();
        assertThat(page.traffic().loads()).isEqualTo(1);
    }

    @Test
    void whatWouldComeFromElsewhereIsKeptOutAndSeen(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        page.page().evaluate("() => { new Image().src = 'http://127.0.0.1:9/picture.png'; }");
        page.page()
                .evaluate(
                        "() => { const s = document.createElement('script'); s.text = '1'; document.body.append(s); }");
        page.eventually(() -> assertThat(String.join("\n", page.traffic().problems()))
                .contains(
                        "against the policy, img-src: http://127.0.0.1:9",
                        "against the policy, script-src-elem: inline"));
        page.page().evaluate("() => console.warn('a warning')");
        page.eventually(
                () -> assertThat(String.join("\n", page.traffic().problems())).contains("warning: a warning"));
    }

    @ParameterizedTest
    @EnumSource
    void nothingStandsInTheWayOfThoseWhoSeeLittle(Sight sight, Chromium chromium) {
        var page = open(chromium, sight);
        page.eventually(() -> assertThat(page.view("entries")).contains("a command"));
        assertThat(Axe.violations(page)).isEmpty();
        assertThat(page.page().evaluate("() => document.documentElement.scrollWidth - innerWidth"))
                .as("what is wider than the screen")
                .isEqualTo(0);
    }

    @Test
    void whatWouldStandInTheirWayIsFound(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        page.page().evaluate("() => { document.documentElement.lang = ''; document.body.style.color = '#ccc'; }");
        assertThat(String.join("\n", Axe.violations(page))).contains("html-has-lang", "color-contrast");
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT_WIDE", "LIGHT_PHONE"})
    void keysComeToAllThatAMouseComesToAndShowWhere(Sight sight, Chromium chromium) {
        var page = open(chromium, sight);
        page.eventually(() -> assertThat(page.view("entries")).contains("a command"));
        var reachable = Keys.reachable(page);
        assertThat(reachable).hasSizeGreaterThan(8);
        assertThat(Keys.byTab(page)).isEqualTo(reachable);
        assertThat(Keys.scrollingOutOfReach(page)).isEmpty();
    }

    @Test
    void whatKeysDoNotComeToIsFound(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        page.page()
                .evaluate(
                        "() => { for (const one of document.querySelectorAll('.scroll')) { one.tabIndex = -1; one.style.width = '90px'; } }");
        assertThat(Keys.scrollingOutOfReach(page)).isNotEmpty();
        page.page()
                .evaluate(
                        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(':focus-visible { outline: none }');"
                                + " document.adoptedStyleSheets = [sheet]; }");
        assertThat(Keys.byTab(page)).isNotEmpty().allMatch(one -> one.endsWith(": no ring"));
    }

    @Test
    void keysLeadToTheVerdictAndToEachView(Chromium chromium) {
        var page = open(chromium, Sight.LIGHT_WIDE);
        page.press("Tab");
        page.press("Enter");
        assertThat(page.page().evaluate("() => document.activeElement.id")).isEqualTo("verdict");
        var links = page.page().locator("nav a").all();
        assertThat(links).hasSize(page.views().size() - 1);
        for (var link : links) {
            link.focus();
            page.press("Enter");
            String view = String.valueOf(link.getAttribute("href")).substring(1);
            assertThat(page.views()).contains(view);
            assertThat(page.page().evaluate(HIDDEN, view)).as(view).isEqualTo("");
        }
    }
}
