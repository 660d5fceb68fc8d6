package io.raftboot.raft.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.quorum.JointConfig;
import io.raftboot.raft.quorum.MajorityConfig;
import io.raftboot.raft.quorum.Vote;
import io.raftboot.raft.quorum.VoteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ProgressTrackerTests {
    @Test
    void committedIndexIsWhatAQuorumOfTheVotersMatches() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2, 3), IdSet.EMPTY, IdSet.of(4));
        match(tracker, 1, 10);
        match(tracker, 4, 9);
        assertThat(tracker.committedIndex()).as("a learner doesn't count").isZero();

        match(tracker, 2, 7);

        assertThat(tracker.committedIndex()).isEqualTo(7);
    }

    @Test
    void committedIndexOfAJointConfigurationNeedsBothHalves() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2), IdSet.of(3), IdSet.EMPTY);
        match(tracker, 1, 10);
        match(tracker, 2, 10);
        assertThat(tracker.committedIndex()).isZero();

        match(tracker, 3, 4);

        assertThat(tracker.committedIndex()).isEqualTo(4);
    }

    @Test
    void onlyAVoterWithoutCompanyIsASingleton() {
        assertThat(tracker(IdSet.of(1), IdSet.EMPTY, IdSet.of(2)).isSingleton()).isTrue();
        assertThat(tracker(IdSet.of(1), IdSet.of(1), IdSet.EMPTY).isSingleton()).isFalse();
        assertThat(tracker(IdSet.of(1, 2), IdSet.EMPTY, IdSet.EMPTY).isSingleton())
                .isFalse();
    }

    @Test
    void membersAreVisitedInUnsignedOrder() {
        ProgressTracker tracker = tracker(IdSet.of(-1, 10, 2), IdSet.of(7), IdSet.of(5));
        List<Long> visited = new ArrayList<>();

        tracker.visit((id, progress) -> visited.add(id));

        assertThat(visited).containsExactly(2L, 5L, 7L, 10L, -1L);
        assertThat(tracker.voterIds()).isEqualTo(IdSet.of(2, 7, 10, -1));
        assertThat(tracker.learnerIds()).isEqualTo(IdSet.of(5));
    }

    @Test
    void quorumIsActiveByItsVotersAlone() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2, 3), IdSet.EMPTY, IdSet.of(4, 5));
        activate(tracker, 1, 4, 5);
        assertThat(tracker.isQuorumActive()).isFalse();

        activate(tracker, 3);

        assertThat(tracker.isQuorumActive()).isTrue();
    }

    @Test
    void quorumOfAJointConfigurationIsActiveInBothHalves() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2, 3), IdSet.of(3, 4, 5), IdSet.EMPTY);
        activate(tracker, 1, 2, 3);
        assertThat(tracker.isQuorumActive()).isFalse();

        activate(tracker, 5);

        assertThat(tracker.isQuorumActive()).isTrue();
    }

    @Test
    void firstVoteOfAMemberCounts() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2, 3), IdSet.EMPTY, IdSet.EMPTY);
        tracker.recordVote(1, Vote.GRANTED);
        tracker.recordVote(2, Vote.REJECTED);
        tracker.recordVote(2, Vote.GRANTED);
        assertThat(tracker.tallyVotes()).isEqualTo(new VoteTally(1, 1, VoteResult.PENDING));

        tracker.recordVote(3, Vote.GRANTED);
        assertThat(tracker.tallyVotes()).isEqualTo(new VoteTally(2, 1, VoteResult.WON));

        tracker.resetVotes();
        assertThat(tracker.tallyVotes()).isEqualTo(new VoteTally(0, 0, VoteResult.PENDING));
    }

    @Test
    void votesOfThoseWhoAreNoVotersAreNotCounted() {
        ProgressTracker tracker = tracker(IdSet.of(1, 2, 3), IdSet.EMPTY, IdSet.of(4));
        tracker.recordVote(1, Vote.GRANTED);
        tracker.recordVote(4, Vote.GRANTED);
        tracker.recordVote(9, Vote.GRANTED);

        assertThat(tracker.tallyVotes()).isEqualTo(new VoteTally(1, 0, VoteResult.PENDING));
    }

    @Test
    void missingVoteCannotBeRecorded() {
        ProgressTracker tracker = tracker(IdSet.of(1), IdSet.EMPTY, IdSet.EMPTY);

        assertThatIllegalArgumentException().isThrownBy(() -> tracker.recordVote(1, Vote.MISSING));
    }

    @Test
    void configurationIsWrittenForSnapshots() {
        IdSet incoming = IdSet.of(1, 2);
        IdSet outgoing = IdSet.of(2, 3);
        TrackerConfig config = new TrackerConfig(
                new JointConfig(new MajorityConfig(incoming), new MajorityConfig(outgoing)),
                true,
                IdSet.of(16),
                IdSet.of(3));

        assertThat(config).hasToString("voters=(1 2)&&(2 3) learners=(10) learners_next=(3) autoleave");
        assertThat(config.toConfState())
                .isEqualTo(ConfState.newBuilder()
                        .addAllVoters(List.of(1L, 2L))
                        .addAllVotersOutgoing(List.of(2L, 3L))
                        .addLearners(16)
                        .addLearnersNext(3)
                        .setAutoLeave(true)
                        .build());
        assertThat(TrackerConfig.EMPTY.toConfState().hasAutoLeave()).isTrue();
    }

    @Test
    void copyOfTheProgressIsIndependentAndUnmodifiable() {
        ProgressTracker tracker = tracker(IdSet.of(1, -1), IdSet.EMPTY, IdSet.EMPTY);
        NavigableMap<Long, Progress> copy = tracker.progress().copy();

        match(tracker, 1, 5);

        assertThat(copy.keySet()).containsExactly(1L, -1L);
        assertThat(Objects.requireNonNull(copy.get(1L)).matchIndex()).isZero();
        assertThatThrownBy(copy::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void membersAreAddedReplacedAndTakenOut() {
        ProgressMap map = ProgressMap.EMPTY;
        for (long id : new long[] {3, -1, 1}) {
            map = map.with(id, Progress.ofVoter(id == -1 ? 9 : id, new Inflights(1, 0)));
        }
        assertThat(map)
                .hasToString(
                        """
                        1: StateProbe match=0 next=1 inactive
                        3: StateProbe match=0 next=3 inactive
                        18446744073709551615: StateProbe match=0 next=9 inactive
                        """);

        ProgressMap replaced = map.with(3, Progress.ofLearner(4, new Inflights(1, 0)))
                .without(1)
                .without(77);

        assertThat(replaced)
                .hasToString(
                        """
                        3: StateProbe match=0 next=4 learner inactive
                        18446744073709551615: StateProbe match=0 next=9 inactive
                        """);
        assertThat(map.size()).isEqualTo(3);
        assertThat(map.get(77)).isNull();
    }

    private static ProgressTracker tracker(IdSet incoming, IdSet outgoing, IdSet learners) {
        ProgressTracker tracker = new ProgressTracker(10, 0);
        var voters = new JointConfig(new MajorityConfig(incoming), new MajorityConfig(outgoing));
        ProgressMap progress = ProgressMap.EMPTY;
        for (long id : voters.ids().toList()) {
            progress = progress.with(id, Progress.ofVoter(1, tracker.newInflights()));
        }
        for (long id : learners.toList()) {
            progress = progress.with(id, Progress.ofLearner(1, tracker.newInflights()));
        }
        tracker.install(new TrackerConfig(voters, false, learners, IdSet.EMPTY), progress);
        return tracker;
    }

    private static Progress member(ProgressTracker tracker, long id) {
        return Objects.requireNonNull(tracker.progress().get(id));
    }

    private static void match(ProgressTracker tracker, long id, long index) {
        member(tracker, id).maybeUpdate(index);
    }

    private static void activate(ProgressTracker tracker, long... ids) {
        for (long id : ids) {
            member(tracker, id).markActive();
        }
    }
}
