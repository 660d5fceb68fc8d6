package io.raftboot.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.MemberChange;
import io.raftboot.console.browser.Chromium;
import io.raftboot.console.browser.ConsolePage;
import io.raftboot.console.browser.InChromium;
import io.raftboot.console.browser.Pictures;
import io.raftboot.console.browser.Sight;
import io.raftboot.console.cluster.Cluster;
import io.raftboot.console.cluster.Load;
import io.raftboot.console.cluster.Member;
import io.raftboot.console.cluster.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Makes the pictures of the docs: of each view, in light and dark, wide and as on a phone, with a group at work behind it. */
@ExtendWith(InChromium.class)
class PicturesTests {
    /** Until the charts have something to show. */
    private static final Duration FOR_THE_DOCS = Duration.ofMinutes(4);

    private static final long MOST_BYTES = 2_500_000;

    private final Pictures pictures = Pictures.wanted();

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void eachViewInEachSight(Chromium chromium) throws IOException {
        try (var cluster = Cluster.of(Stack.SERVLET, 3)
                        .with("--raft.admin.enabled=true")
                        .start();
                var load = Load.on(cluster)) {
            var pages = open(chromium, cluster);
            var first = pages.get(0);
            // The member whose page it is leads in the end, as some is told by leaders alone.
            cluster.moveLeadership(cluster.member(2));
            cluster.moveLeadership(cluster.member(1));
            for (Member member : cluster.members()) {
                assertThat(member.replica().takeSnapshot().join()).isNotNull();
            }
            if (Pictures.areForTheDocs()) {
                first.goOn(FOR_THE_DOCS);
            }
            first.eventually(() -> assertThat(load.calls()).isGreaterThan(100));
            pages.forEach(PicturesTests::awaitData);
            pages.forEach(pictures::ofViews);
            pages.stream()
                    .filter(page -> page.sight().isWide())
                    .forEach(page -> pictures.ofFirstSight(page, "console"));
            ofAChange(cluster, pages);
            ofAMissingMember(cluster, pages);
            assertThat(bytes(first)).isBetween(100_000L, MOST_BYTES);
        }
    }

    private static List<ConsolePage> open(Chromium chromium, Cluster cluster) {
        return Stream.of(Sight.values())
                .map(sight -> chromium.seeing(sight).open(cluster.member(1).url("/raft/console")))
                .toList();
    }

    private static void awaitData(ConsolePage page) {
        page.eventually(() -> {
            assertThat(page.verdict())
                    .isEqualTo("Healthy: all 3 voters keep up, and one voter may fail. Member 1 leads.");
            assertThat(page.way(3, 1)).matches("\\d.* (µs|ms)");
            assertThat(page.workRow(1).cell("Until committed")).matches("\\d.* (µs|ms)");
            assertThat(page.page().locator("#throughput canvas").count()).isEqualTo(1);
            assertThat(page.storageRow(3).cell("Newest snapshot")).contains("ago");
            assertThat(page.view("machines")).contains("Failed");
            assertThat(page.view("entries")).contains("inventory", "orders");
        });
    }

    private void ofAChange(Cluster cluster, List<ConsolePage> pages) {
        var newcomer = cluster.stranger();
        var outcome = cluster.leader()
                .replica()
                .membership()
                .change(
                        new MemberChange.Add(
                                new MemberChange.Address(newcomer.id(), newcomer.address()),
                                MemberChange.Promotion.AUTO),
                        ChangeOptions.DEFAULTS)
                .join();
        assertThat(outcome).isInstanceOf(ChangeOutcome.Accepted.class);
        pages.forEach(page -> {
            page.eventually(() -> assertThat(page.view("configuration")).contains("has not announced itself"));
            pictures.ofView(page, "configuration", "change");
        });
    }

    private void ofAMissingMember(Cluster cluster, List<ConsolePage> pages) {
        cluster.member(3).kill();
        pages.forEach(page -> {
            page.eventually(() -> {
                assertThat(page.advice()).contains("Bring back");
                assertThat(page.memberRow(3).problems()).contains("No answer");
            });
            pictures.ofView(page, "verdict", "verdict-member-missing");
            pictures.ofView(page, "members", "members-one-missing");
        });
    }

    private long bytes(ConsolePage page) throws IOException {
        var names = new ArrayList<String>();
        for (String view : page.views()) {
            for (Sight sight : Sight.values()) {
                names.add(view + "-" + sight.suffix() + ".png");
            }
        }
        long sum = 0;
        try (var files = Files.list(pictures.directory())) {
            for (var file : files.toList()) {
                sum += Files.size(file);
                names.remove(file.getFileName().toString());
            }
        }
        assertThat(names).as("pictures that were not made").isEmpty();
        return sum;
    }
}
