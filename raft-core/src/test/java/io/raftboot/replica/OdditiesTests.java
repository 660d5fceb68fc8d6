package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.raftboot.api.Divergence;
import io.raftboot.api.report.MemberReport.Condition;
import io.raftboot.replica.config.ReplicaConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is odd about a member, for its health and for its report. */
class OdditiesTests {
    private static final Divergence DIVERGENCE =
            new Divergence("stock", Divergence.What.STATE, 4, 5, null, Map.of(1L, "aa", 2L, "bb"));

    private Map<Long, String> refusals = Map.of();
    private Map<Long, ReplicaStatus.RefusedMessages> refusedMessages = Map.of();
    private @Nullable String snapshotFailure;
    private long ignoredEntries;
    private List<String> skippedEntries = List.of();
    private List<Divergence> found = List.of();

    private ReplicaStatus status() {
        var config = ReplicaConfig.builder(Path.of("unused")).build();
        var of = StatusReport.notRunning(config, ReplicaState.RUNNING, null, null);
        return new ReplicaStatus(
                of.nodeId(),
                of.clusterName(),
                of.group(),
                of.state(),
                of.failure(),
                of.role(),
                of.term(),
                of.leaderId(),
                of.commitIndex(),
                of.appliedIndex(),
                of.lastIndex(),
                of.firstIndex(),
                of.snapshotIndex(),
                of.logSizeBytes(),
                of.snapshotSizeBytes(),
                of.disk(),
                of.configuration(),
                of.progress(),
                refusals,
                refusedMessages,
                of.service(),
                of.reach(),
                of.sessions(),
                snapshotFailure,
                ignoredEntries,
                skippedEntries,
                new ReplicaStatus.DivergenceState(0, 0, true, found));
    }

    @Test
    void memberThatIsAsItShouldBeHasNone() {
        assertThat(status().oddities()).isEmpty();
        assertThat(OwnReport.oddities(status(), List.of())).isEmpty();
    }

    @Test
    void eachIsInTheReportThatIsInTheHealth() {
        refusals = Map.of(3L, "it is of another cluster");
        refusedMessages = Map.of(2L, new ReplicaStatus.RefusedMessages(4, "MSG_APP: it has no term"));
        snapshotFailure = "no space left";
        ignoredEntries = 2;
        skippedEntries = List.of("12:3:0c9a2f5e", "13:3:0c9a2f5f");
        found = List.of(DIVERGENCE);
        assertThat(status().oddities())
                .extracting(ReplicaStatus.Oddity::name, ReplicaStatus.Oddity::value)
                .containsExactly(
                        tuple("refusals", refusals),
                        tuple("snapshotFailure", snapshotFailure),
                        tuple("refusedMessages", refusedMessages),
                        tuple("ignoredEntries", 2L),
                        tuple("skippedEntries", skippedEntries),
                        tuple("divergence", List.of(DIVERGENCE.text())));
        assertThat(OwnReport.oddities(status(), List.of()))
                .containsExactly(
                        "no connection to member 3: it is of another cluster",
                        "messages that no member sends came from member 2, 4 since the start; the last: MSG_APP: it has no term",
                        "entries held nothing that any member could do: 2 since the start",
                        "the entries 12:3:0c9a2f5e, 13:3:0c9a2f5f were passed over, as raft.apply.skip says; every member needs that"
                                + " until a snapshot covers them",
                        DIVERGENCE.text());
    }

    @Test
    void whatIsOddAboutCertificatesIsToldFirst() {
        ignoredEntries = 1;
        assertThat(OwnReport.oddities(status(), List.of("the certificates are old")))
                .hasSize(2)
                .startsWith("the certificates are old");
    }

    @Test
    void reportHasNoMoreOfThemThanALimitAndNoneThatIsTooLong() {
        refusals = new TreeMap<>(LongStream.rangeClosed(1, 30).boxed().collect(Collectors.toMap(id -> id, id -> "\u20ac"
                .repeat(1_000))));
        var told = OwnReport.oddities(status(), List.of());
        assertThat(told)
                .hasSize(Condition.MAX_ODDITIES)
                .endsWith("and 15 more, which the health of this member tells")
                .allSatisfy(
                        one -> assertThat(one.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(Condition.MAX_ODDITY_BYTES));
        assertThat(told.get(0)).matches("no connection to member 1: \u20ac+ \\.\\.\\.");
        refusals = Map.of(1L, "x".repeat(Condition.MAX_ODDITY_BYTES - "no connection to member 1: ".length()));
        assertThat(OwnReport.oddities(status(), List.of())).first().asString().endsWith("xxx");
    }
}
