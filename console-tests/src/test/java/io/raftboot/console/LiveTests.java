package io.raftboot.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.console.browser.Chromium;
import io.raftboot.console.browser.ConsolePage;
import io.raftboot.console.browser.InChromium;
import io.raftboot.console.cluster.Cluster;
import io.raftboot.console.cluster.Stack;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the page is told as it happens, and what is done from it, by keys alone and with a mouse. */
@ExtendWith(InChromium.class)
class LiveTests {
    private Cluster cluster;

    @BeforeEach
    void start() {
        cluster = Cluster.of(Stack.SERVLET, 3)
                .with("--raft.admin.enabled=true", "--raft.membership.stable-after=1s")
                .start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private ConsolePage open(Chromium chromium) {
        var page = chromium.open(cluster.member(1).url("/raft/console"));
        page.eventually(() -> assertThat(page.verdict()).startsWith("Healthy"));
        return page;
    }

    @Test
    void whatHappensIsTheNewestOfTheTimelineAndCanBeFiltered(Chromium chromium) {
        var page = open(chromium);
        var next = cluster.followers().get(0);
        cluster.moveLeadership(next);
        page.eventually(() -> assertThat(page.view("events"))
                .containsPattern("Leader\\s+info\\s+Node 1 (leads|follows node " + next.id() + ")"));
        page.page().locator("#events-kind").selectOption("life");
        page.eventually(() -> assertThat(page.page().locator("#events-rows tr").allInnerTexts())
                .isNotEmpty()
                .allMatch(row -> row.contains("Start and stop")));
        assertThat(page.page().locator("#events-note").innerText()).matches("\\d+ of \\d+ events of this member\\..*");
        page.page().locator("#events-weight").selectOption("2");
        assertThat(page.page().locator("#events-rows tr").count()).isZero();
        assertThat(page.traffic().addresses()).anyMatch(address -> address.endsWith("/raft/console/live"));
    }

    @Test
    void pageThatIsToldNothingByAStreamAsks(Chromium chromium) {
        var page = open(chromium);
        page.page().context().route("**/raft/console/live", route -> route.abort());
        page.page().reload();
        page.eventually(() -> assertThat(page.verdict()).startsWith("Healthy"));
        var next = cluster.followers().get(0);
        cluster.moveLeadership(next);
        page.eventually(() -> assertThat(page.verdict()).endsWith("Member " + next.id() + " leads."));
        page.eventually(() -> assertThat(page.view("events")).containsPattern("(leader of|leads in) term"));
    }

    @Test
    void selectionOfAReaderStaysWhileFiguresChange(Chromium chromium) {
        var page = open(chromium);
        page.page().evaluate("() => getSelection().selectAllChildren(document.querySelector('#members-rows th'))");
        page.goOn(Duration.ofSeconds(3));
        assertThat(String.valueOf(page.page().evaluate("() => String(getSelection())")))
                .startsWith("Member 1");
    }

    @Test
    void leadershipIsHandedOverByKeysAlone(Chromium chromium) {
        var page = open(chromium);
        var next = cluster.followers().get(0);
        page.page()
                .locator("button[data-action=lead][data-of='" + next.id() + "']")
                .focus();
        page.press("Enter");
        page.eventually(() -> assertThat(page.view("action"))
                .contains("hands the leadership over to member " + next.id(), "Hand over to member " + next.id()));
        // Whoever holds the key down has decided nothing.
        page.press("Enter");
        assertThat(cluster.leader()).isNotEqualTo(next);
        page.eventually(
                () -> assertThat(page.page().locator("#action-do").isEnabled()).isTrue());
        page.page().locator("#action-do").focus();
        page.press("Enter");
        page.eventually(() -> assertThat(page.view("action")).contains("Member " + next.id() + " leads now"));
        page.press("Escape");
        page.eventually(() -> assertThat(page.verdict()).endsWith("Member " + next.id() + " leads."));
        assertThat(page.page().evaluate("() => document.activeElement.closest('#actions') !== null"))
                .as("the focus is near where it was, though that button is gone")
                .isEqualTo(true);
        assertThat(page.traffic().problems()).isEmpty();
    }

    @Test
    void memberIsAddedAfterItsStepsWereShownAndRemovedAgain(Chromium chromium) {
        var page = open(chromium);
        page.page().locator("button[data-action=add]").click();
        page.page().locator("#action-id").fill("4x");
        page.page().locator("#action-address").fill("127.0.0.1:9");
        page.page().locator("#action-look").click();
        page.eventually(() -> assertThat(page.view("action")).contains("The id is “4x”; write the id of a member"));
        var newcomer = cluster.stranger();
        page.page().locator("#action-id").fill(String.valueOf(newcomer.id()));
        page.page().locator("#action-address").fill(newcomer.address());
        page.page().locator("#action-look").click();
        page.eventually(() -> assertThat(page.view("action"))
                .contains("2 steps are taken", "add node " + newcomer.id() + " at " + newcomer.address()));
        page.page().locator("#action-address").fill("127.0.0.1:9");
        assertThat(page.page().locator("#action-do").isEnabled())
                .as("what was shown is of something else")
                .isFalse();
        assertThat(page.view("action")).doesNotContain("2 steps are taken");
        page.page().locator("#action-address").fill(newcomer.address());
        page.page().locator("#action-look").click();
        page.eventually(
                () -> assertThat(page.page().locator("#action-do").isEnabled()).isTrue());
        page.page().locator("#action-do").click();
        page.eventually(() -> assertThat(page.view("action")).contains("It has begun."));
        page.page().locator("#action-close").click();
        page.eventually(() -> assertThat(page.view("configuration")).contains("A change is under way"));
        cluster.join(newcomer);
        page.eventually(() -> {
            assertThat(page.verdict()).startsWith("Healthy: all 4 voters keep up");
            assertThat(page.view("configuration")).contains("No change is under way.");
        });

        page.page()
                .locator("button[data-action=remove][data-of='" + newcomer.id() + "']")
                .click();
        page.eventually(
                () -> assertThat(page.page().locator("#action-do").isEnabled()).isTrue());
        page.page().locator("#action-do").click();
        page.eventually(() -> assertThat(page.members()).hasSize(3));
    }

    @Test
    void snapshotIsTakenAndAllOtherActionsShowWhatTheyWouldDo(Chromium chromium) {
        var page = open(chromium);
        page.page().locator("button[data-action=snapshot]").click();
        page.eventually(
                () -> assertThat(page.page().locator("#action-do").isEnabled()).isTrue());
        page.page().locator("#action-do").click();
        page.eventually(() -> assertThat(page.view("action")).contains("Written as of entry"));
        page.page().locator("#action-close").click();
        for (String action : new String[] {"yield", "step-down", "promote", "demote", "move", "replace", "set"}) {
            var button =
                    page.page().locator("button[data-action=" + action + "]").first();
            if (button.count() == 0) {
                // There is no learner to be promoted.
                assertThat(action).isEqualTo("promote");
                continue;
            }
            button.click();
            switch (action) {
                case "move" -> page.page().locator("#action-address").fill("127.0.0.1:9");
                case "replace" -> {
                    page.page().locator("#action-out").fill("3");
                    page.page().locator("#action-in").fill("4 127.0.0.1:9");
                }
                case "set" -> {
                    var written = page.page().locator("#action-members");
                    written.fill(written.inputValue().replaceAll("(?m)^3 .*$", ""));
                }
                default -> {
                    // Nothing is to be written.
                }
            }
            if (page.page().locator("#action-look").isVisible()) {
                page.page().locator("#action-look").click();
            }
            page.eventually(() -> assertThat(page.page().locator("#action-do").isEnabled())
                    .as(action)
                    .isTrue());
            assertThat(page.page().locator("#action-effect").innerText())
                    .as(action)
                    .isNotEmpty();
            page.press("Escape");
        }
        assertThat(cluster.leader()
                        .replica()
                        .membership()
                        .view(Cluster.PATIENCE)
                        .join()
                        .change())
                .as("nothing was confirmed")
                .isNull();
    }
}
