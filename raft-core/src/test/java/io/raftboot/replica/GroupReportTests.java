package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.PATIENCE;
import static io.raftboot.replica.TestCluster.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.report.GroupReport;
import io.raftboot.api.report.LogEntry;
import io.raftboot.api.report.MemberReport;
import io.raftboot.api.report.PeerReport;
import io.raftboot.api.report.PeerReport.Answer;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One member tells how all are, whatever is wrong with some of them. */
class GroupReportTests {
    private final TestCluster cluster = TestCluster.inMemory(3);

    @AfterEach
    void close() {
        cluster.close();
    }

    private GroupReport askOf(long member) {
        return get(cluster.replica(member).reports().now());
    }

    private void awaitReport(long member, ThrowingConsumer<GroupReport> expectation) {
        await().atMost(PATIENCE).untilAsserted(() -> expectation.accept(askOf(member)));
    }

    private static PeerReport peer(GroupReport group, long id) {
        return group.others().stream().filter(one -> one.id() == id).findFirst().orElseThrow();
    }

    private static MemberReport reportOf(GroupReport group, long id) {
        var peer = peer(group, id);
        assertThat(peer.answer()).isEqualTo(Answer.REPORTED);
        return Objects.requireNonNull(peer.report());
    }

    private static MemberReport.Link link(MemberReport report, long to) {
        return report.links().stream().filter(one -> one.to() == to).findFirst().orElseThrow();
    }

    @Test
    void eachMemberTellsOfAllAndOfWhomEachReaches() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var index = cluster.applied(leader, "a").index();
        awaitReport(cluster.otherThan(leader), group -> {
            assertThat(group.others()).hasSize(2);
            var all = new ArrayList<>(List.of(group.own()));
            group.others().forEach(one -> all.add(reportOf(group, one.id())));
            assertThat(all).allSatisfy(one -> {
                assertThat(one.run().state()).isEqualTo("running");
                assertThat(one.run().incarnation()).isNotZero();
                assertThat(one.standing().leader()).isEqualTo(leader);
                assertThat(one.standing().trouble()).isNull();
                assertThat(one.standing().appliedIndex()).isGreaterThanOrEqualTo(index);
                assertThat(one.log().lastIndex()).isGreaterThanOrEqualTo(index);
                assertThat(one.log().segments()).isPositive();
                assertThat(one.links()).hasSize(2).allSatisfy(link -> {
                    assertThat(link.roundTripNanos()).isNotNull();
                    assertThat(link.silentMillis()).isNull();
                });
                assertThat(one.work()).as("nobody has wanted it").isEqualTo(MemberReport.Work.NOT_KEPT);
            });
        });
    }

    @Test
    void memberThatWasStoppedIsSilentAndWhatItSaidLastStaysWithItsAge() {
        cluster.start();
        long asked = cluster.awaitLeader();
        long stopped = cluster.otherThan(asked);
        awaitReport(asked, group -> reportOf(group, stopped));
        cluster.replica(stopped).stop();
        awaitReport(asked, group -> {
            var silent = peer(group, stopped);
            assertThat(silent.answer()).isEqualTo(Answer.SILENT);
            assertThat(silent.silentMillis()).isNotNull();
            assertThat(silent.why()).isNotBlank();
            assertThat(silent.report()).isNotNull();
            assertThat(silent.ageMillis()).isPositive();
            assertThat(link(group.own(), stopped).silentMillis()).isNotNull();
        });
        cluster.replica(stopped).start();
        awaitReport(asked, group -> assertThat(reportOf(group, stopped).run().runs())
                .isEqualTo(2));
    }

    @Test
    void linkThatIsCutIsSeenInTheRowsOfItsTwoEndsAlone() {
        cluster.start();
        var unused = cluster.awaitLeader();
        awaitReport(1, group -> {
            assertThat(link(reportOf(group, 2), 3).roundTripNanos()).isNotNull();
            assertThat(link(reportOf(group, 3), 2).roundTripNanos()).isNotNull();
        });
        cluster.network().cutBoth(2, 3);
        awaitReport(1, group -> {
            assertThat(link(reportOf(group, 2), 3).silentMillis()).isNotNull();
            assertThat(link(reportOf(group, 3), 2).silentMillis()).isNotNull();
            assertThat(link(reportOf(group, 2), 1).silentMillis()).isNull();
            assertThat(link(group.own(), 2).silentMillis()).isNull();
            assertThat(link(group.own(), 3).silentMillis()).isNull();
        });
        cluster.network().heal();
        awaitReport(1, group -> assertThat(link(reportOf(group, 2), 3).silentMillis())
                .isNull());
    }

    @Test
    void memberWhoseStageHangsSaysSoAndHoldsUpNobody() {
        cluster.start();
        long hanging = cluster.awaitLeader();
        long asked = cluster.otherThan(hanging);
        var release = new CountDownLatch(1);
        cluster.hangRaftStage(hanging, release);
        try {
            awaitReport(asked, group -> {
                var report = reportOf(group, hanging);
                assertThat(report.standing().stale()).isTrue();
                assertThat(report.standing().trouble()).contains("the raft stage");
            });
            assertThat(get(cluster.replica(hanging).reports().newestEntries())).isNull();
        } finally {
            release.countDown();
        }
    }

    @Test
    void whatIsOddAboutAMemberIsToldByItAndOfItByOthers() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var proposed = new CompletableFuture<Long>();
        cluster.replica(leader).node().propose(ByteString.copyFromUtf8("no command"), new ProposalListener() {
            @Override
            public void appended(long term, long index) {
                proposed.complete(index);
            }

            @Override
            public void dropped(RaftException reason) {
                proposed.completeExceptionally(reason);
            }
        });
        assertThat(get(proposed)).isPositive();
        String odd = "entries held nothing that any member could do: 1 since the start";
        awaitReport(leader, group -> {
            assertThat(group.own().oddities()).containsExactly(odd);
            group.others()
                    .forEach(other ->
                            assertThat(reportOf(group, other.id()).oddities()).containsExactly(odd));
            assertThat(group.own().standing().trouble()).isNull();
        });
        cluster.replica(leader).stop();
        assertThat(askOf(leader).own().oddities()).containsExactly(odd);
    }

    @Test
    void memberThatIsStoppingSaysSo() {
        cluster.start();
        long stopping = cluster.awaitLeader();
        var release = new CountDownLatch(1);
        cluster.hangRaftStage(stopping, release);
        var stop = CompletableFuture.runAsync(cluster.replica(stopping)::stop);
        try {
            await().atMost(PATIENCE).until(() -> cluster.replica(stopping).state() == ReplicaState.STOPPING);
            var report = askOf(stopping).own();
            assertThat(report.run().state()).isEqualTo("stopping");
            assertThat(report.standing().trouble()).isEqualTo("node " + stopping + " is stopping");
        } finally {
            release.countDown();
            get(stop);
        }
    }

    @Test
    void memberThatFailsToTellHowItIsIsNotTakenForOneThatEnds() {
        cluster.start();
        Objects.requireNonNull(cluster.replica(1).running()).partOf(new OwnReport.Whole() {
            @Override
            public ReplicaState state() {
                return ReplicaState.RUNNING;
            }

            @Override
            public MemberReport.Work work() {
                throw new IllegalStateException("it has broken down");
            }
        });
        var report = askOf(1).own();
        assertThat(report.run().state()).isEqualTo("running");
        assertThat(report.standing().trouble()).contains("can't be told").contains("it has broken down");
        assertThat(report.standing().stale()).isTrue();
    }

    @Test
    void memberThatDoesNotRunTellsOfItselfAlone() {
        var group = askOf(2);
        assertThat(group.others()).isEmpty();
        assertThat(group.own().run().state()).isEqualTo("stopped");
        assertThat(group.own().standing().trouble()).isNotBlank();
    }

    @Test
    void workIsCountedFromWhenItIsWantedOnAndOutlivesARun() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var reports = cluster.replica(leader).reports();
        var unused = cluster.applied(leader, "before");
        assertThat(reports.calls()).isEmpty();
        assertThat(reports.history()).isEmpty();
        reports.keepHistory();
        reports.keepHistory();
        assertThat(askOf(leader).own().work()).as("nothing yet").isEqualTo(new MemberReport.Work(true, null));
        awaitReport(
                cluster.otherThan(leader),
                group -> assertThat(reportOf(group, leader).work().kept()).isTrue());
        unused = cluster.applied(leader, "a");
        assertThat(reports.calls()).isEqualTo(Map.of(LedgerMachine.NAME, Map.of("commands.applied", 1L)));
        cluster.replica(leader).stop();
        assertThat(askOf(leader).own().work().kept()).isTrue();
        assertThat(reports.calls()).containsKey(LedgerMachine.NAME);
    }

    @Test
    void newestEntriesOfTheLogAreShownTheNewestFirst() {
        cluster.start();
        long leader = cluster.awaitLeader();
        assertThat(get(cluster.replica(cluster.otherThan(leader)).reports().newestEntries()))
                .isNotEmpty();
        for (int command = 0; command < 60; command++) {
            var unused = cluster.applied(leader, "command" + command);
        }
        var entries = get(cluster.replica(leader).reports().newestEntries());
        assertThat(entries).hasSize(50).allSatisfy(entry -> {
            assertThat(entry.kind()).isEqualTo(LogEntry.Kind.COMMAND);
            assertThat(entry.machine()).isEqualTo(LedgerMachine.NAME);
        });
        assertThat(entries)
                .extracting(entry -> new String(entry.payload(), UTF_8))
                .startsWith("command59", "command58");
        assertThat(entries.get(0).index()).isEqualTo(entries.get(49).index() + 49);
    }

    @Test
    void largeEntriesAreFewAndTheirPayloadsAreCut() {
        cluster.start();
        long leader = cluster.awaitLeader();
        String large = "x".repeat(100_000);
        for (int command = 0; command < 20; command++) {
            var unused = cluster.applied(leader, large);
        }
        var entries = get(cluster.replica(leader).reports().newestEntries());
        assertThat(entries).isNotEmpty().hasSizeLessThan(12);
        assertThat(entries.get(0).sizeBytes()).isGreaterThan(100_000);
        assertThat(entries.get(0).payload()).hasSize(256);
    }

    @Test
    void eachKindOfEntryIsNamed() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var unused = cluster.applied(leader, "a");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        get(cluster.replica(leader).reports().newestEntries()))
                .extracting(LogEntry::kind)
                .contains(LogEntry.Kind.EMPTY, LogEntry.Kind.MEMBERS, LogEntry.Kind.SESSION, LogEntry.Kind.COMMAND));
        assertThat(get(cluster.replica(leader).reports().newestEntries()).stream()
                        .filter(entry -> entry.kind() != LogEntry.Kind.COMMAND))
                .allSatisfy(entry -> assertThat(entry.payload()).isEmpty());
    }

    @Test
    void memberThatDoesNotRunHasNoEntriesToShow() {
        assertThat(get(cluster.replica(1).reports().newestEntries())).isEmpty();
    }
}
