package io.raftboot.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.console.browser.Chromium;
import io.raftboot.console.browser.ConsolePage;
import io.raftboot.console.browser.InChromium;
import io.raftboot.console.cluster.Cluster;
import io.raftboot.console.cluster.Logins;
import io.raftboot.console.cluster.PrefixProxy;
import io.raftboot.console.cluster.Stack;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page as a server serves it: where, to whom, and until it ends. */
@ExtendWith(InChromium.class)
abstract class ServedConsole {
    /** What a server waits for requests that are under way when it ends: far longer than it takes if there are none. */
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofMinutes(2);

    private final Stack stack;
    private @Nullable Cluster running;

    ServedConsole(Stack stack) {
        this.stack = stack;
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    private Cluster start(Cluster.Setup setup) {
        var cluster = setup.start();
        running = cluster;
        return cluster;
    }

    private static void assertShows(ConsolePage page) {
        page.eventually(() ->
                assertThat(page.verdict()).isEqualTo("Works, with a single voter: if it fails, all stands still."));
        assertThat(page.members()).containsExactly("Member 1 this one");
        assertThat(page.traffic().elsewhere(page.url())).isEmpty();
        assertThat(page.traffic().problems()).isEmpty();
    }

    @Test
    void onePageShowsAllMembers(Chromium chromium) {
        var cluster = start(Cluster.of(stack, 3));
        for (var member : cluster.members()) {
            var page = chromium.open(member.url("/raft/console"));
            page.eventually(() -> {
                assertThat(page.verdict())
                        .isEqualTo("Healthy: all 3 voters keep up, and one voter may fail. Member "
                                + cluster.leader().id() + " leads.");
                assertThat(page.members()).hasSize(3).contains("Member " + member.id() + " this one");
            });
            assertThat(page.traffic().problems()).isEmpty();
        }
    }

    @Test
    void pageIsThereBelowThePathOfTheApplication(Chromium chromium) {
        var cluster = start(Cluster.of(stack, 1).with(stack.path("/app")));
        var page = chromium.open(cluster.member(1).url("/app/raft/console"));
        assertShows(page);
        assertThat(page.traffic().addresses()).allMatch(address -> address.contains("/app/raft/console"));
    }

    @Test
    void pageIsThereBehindAProxyThatPutsAPathBefore(Chromium chromium) throws Exception {
        var cluster = start(Cluster.of(stack, 1).with(stack.path("/app"), "--raft.admin.allow-remote=true"));
        try (var proxy = new PrefixProxy("/ops", cluster.member(1))) {
            for (String path : List.of("/app/raft/console", "/app/raft/console/")) {
                var page = chromium.open(proxy.url(path));
                assertShows(page);
                assertThat(page.url()).isEqualTo(proxy.url("/app/raft/console"));
            }
            assertThat(proxy.strays()).isEmpty();
        }
    }

    @Test
    void pageIsForThoseWhoHaveTheRole(Chromium chromium) {
        var cluster = start(Cluster.of(stack, 1).behindLogin());
        String url = cluster.member(1).url("/raft/console");
        // Of a browser whose question for a name nobody answers.
        assertThatThrownBy(() -> chromium.open(url)).hasMessageContaining("ERR_INVALID_AUTH_CREDENTIALS");
        var bobs = chromium.as("bob", Logins.PASSWORD).open(url);
        assertThat(bobs.status()).isEqualTo(403);
        assertThat(bobs.page().content()).contains("RAFT_ADMIN").doesNotContain("verdict");
        var adas = chromium.as("ada", Logins.PASSWORD).open(url);
        assertThat(adas.status()).isEqualTo(200);
        assertShows(adas);
    }

    @Test
    void whoLosesTheRoleIsToldSoByThePageThatIsOpen(Chromium chromium) {
        var cluster = start(Cluster.of(stack, 1).behindLogin());
        var page = chromium.as("ada", Logins.PASSWORD).open(cluster.member(1).url("/raft/console"));
        assertShows(page);
        var logins = cluster.member(1).bean(Logins.class);
        logins.setRole("ada", "USER");
        page.eventually(() -> {
            assertThat(page.trouble()).contains("RAFT_ADMIN");
            assertThat(page.level()).isEqualTo("unknown");
        });
        logins.setRole("ada", "RAFT_ADMIN");
        page.eventually(() -> {
            assertThat(page.trouble()).isEmpty();
            assertThat(page.level()).isEqualTo("fragile");
        });
    }

    @Test
    void memberEndsAndStartsUnderPagesThatAreOpen(Chromium chromium) {
        var cluster = start(Cluster.of(stack, 1)
                .with("--spring.lifecycle.timeout-per-shutdown-phase=" + SHUTDOWN_PATIENCE.toSeconds() + "s"));
        var member = cluster.member(1);
        var pages = Stream.generate(() -> chromium.open(member.url("/raft/console")))
                .limit(3)
                .toList();
        pages.forEach(ServedConsole::assertShows);
        long since = System.nanoTime();
        member.stop();
        // Not a figure of the machine: a request that does not end would be waited for so long.
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(SHUTDOWN_PATIENCE);
        for (ConsolePage page : pages) {
            page.eventually(() -> {
                assertThat(page.trouble())
                        .startsWith("Nothing new comes from this member since ")
                        .contains("can’t be reached");
                assertThat(page.verdict()).startsWith("As of ");
                assertThat(page.level()).isEqualTo("unknown");
                assertThat(page.traffic().open()).isEmpty();
            });
        }
        cluster.start(member);
        for (ConsolePage page : pages) {
            page.eventually(() -> {
                assertThat(page.trouble()).isEmpty();
                assertThat(page.level()).isEqualTo("fragile");
            });
            assertThat(page.traffic().loads()).isEqualTo(1);
        }
    }
}
