package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.EntryName;
import io.raftboot.api.event.EventType;
import io.raftboot.replica.duty.EventLog;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.membership.PeerIdentities;
import io.raftboot.replica.membership.ReturnedMembers;
import io.raftboot.transport.MemberRun;
import io.raftboot.transport.RemoteMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may talk to whom, and who stops. */
class SkipAgreementTests {
    private final EventLog happened = new EventLog(new FakeClock(0));
    private static final EntryName NAME = new EntryName(50, 3, 7);
    private static final EntryName OTHER = new EntryName(50, 3, 8);

    private final List<Throwable> conflicts = new ArrayList<>();
    private List<EntryName> recorded = List.of();
    private long appliedIndex = 40;

    private SkipAgreement agreement(long firstIndex, EntryName... configured) {
        return new SkipAgreement(
                List.of(configured),
                () -> recorded,
                List.of(),
                () -> appliedIndex,
                firstIndex,
                Set.of(1L, 2L, 3L),
                conflicts::add);
    }

    private static RemoteMember node(long id, String skips) {
        return new RemoteMember(1, "default", id, 7, "b:2", MemberRun.UNKNOWN, skips);
    }

    private @Nullable String objection(SkipAgreement agreement, String skips) {
        return agreement.objection(node(2, skips));
    }

    @Test
    void thoseWhoPassOverTheSameAgree() {
        assertThat(objection(agreement(10), "")).isNull();
        var agreement = agreement(10, NAME);
        assertThat(agreement.announcement()).isEqualTo(NAME.toString());
        assertThat(objection(agreement, NAME.toString())).isNull();
        assertThat(conflicts).isEmpty();
    }

    @Test
    void thoseWhoDifferDoNotAndTheMessageSaysWhatToWrite() {
        assertThat(objection(agreement(10, NAME), "")).contains("node 2 does not", "raft.apply.skip=" + NAME);
        assertThat(objection(agreement(10, NAME), OTHER.toString())).contains("node 2 does not");
        assertThat(objection(agreement(10), NAME.toString())).contains("node 2 passes over entry " + NAME);
        assertThat(objection(agreement(10, NAME), NAME + " " + new EntryName(60, 3, 1)))
                .contains("passes over entry 60:3:00000001");
        assertThat(objection(agreement(10), "nonsense")).contains("can't be read");
    }

    @Test
    void whatOnlySnapshotsKnowKeepsNoNewMemberOut() {
        recorded = List.of(NAME);
        var old = agreement(51);
        assertThat(old.announcement()).isEqualTo("~" + NAME);
        assertThat(objection(old, "")).isNull();
        recorded = List.of();
        var joining = agreement(1);
        appliedIndex = 0;
        assertThat(objection(joining, "~" + NAME)).isNull();
        // But one whose state is past it, without it, has applied it.
        appliedIndex = 50;
        assertThat(objection(joining, "~" + NAME)).contains("drift apart");
        recorded = List.of(NAME);
        assertThat(objection(joining, "~" + NAME)).isNull();
    }

    @Test
    void onlyOneThatNoMajorityCanAgreeWithStops() {
        var agreement = agreement(10, NAME);
        assertThat(agreement.objection(node(2, ""))).isNotNull();
        assertThat(agreement.objection(node(9, ""))).as("no member").isNotNull();
        assertThat(conflicts).isEmpty();
        assertThat(agreement.objection(node(2, NAME.toString()))).isNull();
        assertThat(agreement.objection(node(3, ""))).isNotNull();
        assertThat(conflicts).isEmpty();
        assertThat(agreement.objection(node(2, ""))).isNotNull();
        assertThat(conflicts).singleElement().satisfies(e -> assertThat(e)
                .isInstanceOf(ReplicaStartException.class)
                .hasMessageContaining("raft.apply.skip=" + NAME));
    }

    /** Said before skips were configured, recorded, and said again by somebody who is no member. */
    @Test
    void introductionThatMayBeARecordedOneStopsNobody() {
        var listener = listener(agreement(10, NAME));
        assertThat(listener.refuse(node(2, ""))).contains("node 2 does not");
        assertThat(listener.refuse(node(3, ""))).contains("node 3 does not");
        assertThat(EventLines.of(happened, EventType.REFUSAL))
                .hasSize(2)
                .allMatch(line -> line.matches("WARNING node (.) is not let in: .*node \\1 does not.*"));
        assertThat(conflicts).isEmpty();
        listener.turnedAway(node(2, ""));
        assertThat(conflicts).isEmpty();
        listener.turnedAway(node(3, ""));
        assertThat(conflicts).hasSize(1);
    }

    /** For whom who comes is all that matters. */
    @SuppressWarnings("NullAway")
    private FromPeers listener(SkipAgreement agreement) {
        return new FromPeers(
                null,
                null,
                null,
                new Door(
                        new PeerIdentities(() -> new Members(new TreeMap<>()), () -> true),
                        agreement,
                        null,
                        new ReturnedMembers(new FakeClock(0)),
                        null,
                        null,
                        happened),
                null,
                null,
                cause -> {});
    }
}
