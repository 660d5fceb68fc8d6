package io.raftboot.replica.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MemberChange.Promotion;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.MemberRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which steps lead to the members that are wanted, and why some can't be. */
class ChangePlannerTests {
    private ConfState configuration =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();
    private final Set<Long> down = new HashSet<>();

    private static MemberChange.Address at(long id) {
        return new MemberChange.Address(id, "host" + id + ":7400");
    }

    private static MemberChange.Wanted wanted(long id) {
        return new MemberChange.Wanted(id, "host" + id + ":7400", true);
    }

    private ChangePlanner.Plan plan(MemberChange change) {
        var table = new TreeMap<Long, MemberRecord>();
        for (long id = 1; id <= 5; id++) {
            table.put(
                    id,
                    MemberRecord.newBuilder()
                            .setId(id)
                            .setAddress("host" + id + ":7400")
                            .setIncarnation(id)
                            .build());
        }
        var situation = new Situation(configuration, new Members(table), id -> !down.contains(id), null);
        return new ChangePlanner(situation)
                .plan(MembershipFormat.request(change, ChangeOptions.DEFAULTS, "key", false));
    }

    private List<String> steps(MemberChange change) {
        var plan = plan(change);
        assertThat(plan).isInstanceOf(ChangePlanner.Plan.Steps.class);
        return ((ChangePlanner.Plan.Steps) plan)
                .steps().stream().map(StepText::of).toList();
    }

    private ChangePlanner.Plan.Refusal refusal(MemberChange change) {
        var plan = plan(change);
        assertThat(plan).isInstanceOf(ChangePlanner.Plan.Refusal.class);
        return (ChangePlanner.Plan.Refusal) plan;
    }

    @Test
    void votersChangePlacesAtOneMoment() {
        assertThat(steps(new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(6), wanted(7), wanted(8)))))
                .containsExactly(
                        "add node 6 at host6:7400 as a learner",
                        "add node 7 at host7:7400 as a learner",
                        "add node 8 at host8:7400 as a learner",
                        "at one moment: give node 6 a vote, give node 7 a vote, give node 8 a vote, remove node 3");
    }

    @Test
    void whereNobodyStaysTheOldOnesGoBehindTheNew() {
        assertThat(steps(new MemberChange.Replace(List.of(at(6)), List.of(1L, 2L, 3L))))
                .containsExactly(
                        "add node 6 at host6:7400 as a learner",
                        "give node 6 a vote",
                        "at one moment: remove node 1, remove node 2, remove node 3");
    }

    @Test
    void whoGoesDoesNotWaitForALearnerThatComes() {
        var learner = new MemberChange.Wanted(6, "host6:7400", false);
        assertThat(steps(new MemberChange.Target(List.of(wanted(1), wanted(2), learner))))
                .containsExactly("remove node 3", "add node 6 at host6:7400 as a learner");
    }

    @Test
    void whatIsThereAlreadyNeedsNoStep() {
        assertThat(steps(new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(3)))))
                .isEmpty();
        assertThat(steps(new MemberChange.Promote(1))).isEmpty();
    }

    @Test
    void memberIsMovedAndTakesTheVoteAway() {
        assertThat(steps(new MemberChange.Target(List.of(
                        wanted(1),
                        new MemberChange.Wanted(2, "elsewhere:1", true),
                        new MemberChange.Wanted(3, null, false)))))
                .containsExactly("reach node 2 at elsewhere:1", "take the vote of node 3, which becomes a learner");
    }

    @Test
    void majorityThatIsThereStays() {
        down.add(3L);
        assertThat(refusal(new MemberChange.Remove(2))).satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo(Reason.MAJORITY);
            assertThat(refusal.message())
                    .contains("voters [1, 3] only 1 would be there")
                    .contains("2 are needed");
        });
        assertThat(refusal(new MemberChange.Demote(2)).reason()).isEqualTo(Reason.MAJORITY);
        assertThat(steps(new MemberChange.Remove(3))).containsExactly("remove node 3");
    }

    @Test
    void lastVoterStays() {
        configuration = ConfState.newBuilder().addVoters(1).addLearners(2).build();
        assertThat(refusal(new MemberChange.Remove(1)).reason()).isEqualTo(Reason.MAJORITY);
        assertThat(refusal(new MemberChange.Demote(1)).reason()).isEqualTo(Reason.MAJORITY);
        assertThat(refusal(new MemberChange.Target(List.of())).reason()).isEqualTo(Reason.MAJORITY);
    }

    @Test
    void learnerThatLagsGetsNoVote() {
        configuration = configuration.toBuilder().addLearners(4).build();
        down.add(4L);
        assertThat(refusal(new MemberChange.Promote(4)).reason()).isEqualTo(Reason.LAGGING);
        down.clear();
        assertThat(steps(new MemberChange.Promote(4))).containsExactly("give node 4 a vote");
    }

    @Test
    void whatCanNotBeIsSaidInWords() {
        assertThat(refusal(new MemberChange.Add(at(2), Promotion.AUTO)).reason())
                .isEqualTo(Reason.EXISTS);
        assertThat(refusal(new MemberChange.Remove(9)).message())
                .contains("node 9 is no member")
                .contains("[1, 2, 3]");
        assertThat(refusal(new MemberChange.Add(new MemberChange.Address(-4, "host:1"), Promotion.AUTO))
                        .message())
                .contains("-4 can't be the id of a member");
        assertThat(refusal(new MemberChange.Add(new MemberChange.Address(6, "host"), Promotion.AUTO))
                        .message())
                .contains("'host' is not where node 6 can be: write HOST:PORT");
        assertThat(refusal(new MemberChange.Add(new MemberChange.Address(6, "host2:7400"), Promotion.AUTO))
                        .message())
                .contains("is where node 2 is");
        assertThat(refusal(new MemberChange.Add(new MemberChange.Address(6, ""), Promotion.AUTO))
                        .message())
                .contains("its address has to be said");
        assertThat(refusal(new MemberChange.Replace(List.of(at(6), at(6)), List.of()))
                        .message())
                .contains("node 6 is named twice");
    }

    @Test
    void membersThatComeHaveAddressesOfTheirOwn() {
        var change = new MemberChange.Replace(List.of(at(6), new MemberChange.Address(7, "host6:7400")), List.of());
        assertThat(refusal(change).reason()).isEqualTo(Reason.INVALID);
    }

    /** Nor does any of those that stay get one of another. */
    @Test
    void membersThatMoveHaveAddressesOfTheirOwn() {
        var moved = new MemberChange.Wanted(1, "elsewhere:1", true);
        assertThat(refusal(new MemberChange.Target(
                                List.of(moved, new MemberChange.Wanted(2, "elsewhere:1", true), wanted(3))))
                        .message())
                .isEqualTo("'elsewhere:1' is written for node 1 and for node 2: each member has an address of its own");
        assertThat(refusal(new MemberChange.Target(
                                List.of(moved, wanted(2), wanted(3), new MemberChange.Wanted(6, "elsewhere:1", true))))
                        .reason())
                .isEqualTo(Reason.INVALID);
        assertThat(steps(new MemberChange.Target(List.of(moved, wanted(2), wanted(3)))))
                .containsExactly("reach node 1 at elsewhere:1");
    }
}
