package io.raftboot.raft.confchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.quorum.IdSet;
import io.raftboot.raft.testing.Seeds;
import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.ProgressMap;
import io.raftboot.raft.tracker.ProgressTracker;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What holds after any sequence of changes. */
class ChangerPropertyTests {
    private static final int CHANGES_PER_SEED = 300;
    private static final int MAX_ID = 9;
    private static final List<ConfChangeType> ANY_TYPE = List.of(
            ConfChangeType.CONF_CHANGE_ADD_NODE,
            ConfChangeType.CONF_CHANGE_ADD_LEARNER_NODE,
            ConfChangeType.CONF_CHANGE_REMOVE_NODE,
            ConfChangeType.CONF_CHANGE_UPDATE_NODE);

    @TestFactory
    List<DynamicTest> everyResultIsConsistentAndEveryRefusalChangesNothing() {
        return Seeds.tests("raft.seeds", 10, random -> {
            ProgressTracker tracker = new ProgressTracker(10, 0);
            for (int i = 0; i < CHANGES_PER_SEED; i++) {
                String before = tracker.config() + "\n" + tracker.progress();
                Configuration changed = changeOrNull(tracker, random, i);

                assertThat(tracker.config() + "\n" + tracker.progress()).isEqualTo(before);
                if (changed != null) {
                    checkConsistent(changed);
                    tracker.install(changed.config(), changed.progress());
                }
            }
        });
    }

    @TestFactory
    List<DynamicTest> simpleChangeAndJointChangeReachTheSameMembers() {
        return Seeds.tests("raft.seeds", 10, random -> {
            for (int i = 0; i < CHANGES_PER_SEED; i++) {
                ProgressTracker tracker = trackerOf(randomSimpleConfig(random));
                List<ConfChangeSingle> changes = randomChanges(random, 3);
                Changer changer = new Changer(tracker, 5);
                Configuration simple;
                try {
                    simple = changer.simple(changes);
                } catch (ConfChangeException e) {
                    continue;
                }
                Configuration entered = changer.enterJoint(JointExit.EXPLICIT, changes);
                tracker.install(entered.config(), entered.progress());
                Configuration joint = new Changer(tracker, 5).leaveJoint();

                assertThat(joint.config()).as(ConfChanges.format(changes)).isEqualTo(simple.config());
            }
        });
    }

    @TestFactory
    List<DynamicTest> simpleChangeDoesToTheMembersWhatItSaysAndIsRefusedOnlyForItsVoters() {
        return Seeds.tests("raft.seeds", 10, random -> {
            for (int i = 0; i < CHANGES_PER_SEED; i++) {
                ConfState before = randomSimpleConfig(random);
                List<ConfChangeSingle> changes = randomChanges(random, 3);
                Set<Long> voters = new TreeSet<>(before.getVotersList());
                Set<Long> learners = new TreeSet<>(before.getLearnersList());
                changes.forEach(change -> applyToSets(change, voters, learners));
                Set<Long> changed = new TreeSet<>(voters);
                changed.addAll(before.getVotersList());
                changed.removeIf(
                        id -> voters.contains(id) && before.getVotersList().contains(id));
                Changer changer = new Changer(trackerOf(before), 5);

                if (voters.isEmpty() || changed.size() > 1) {
                    assertThatThrownBy(() -> changer.simple(changes)).isInstanceOf(ConfChangeException.class);
                } else {
                    TrackerConfig after = changer.simple(changes).config();
                    assertThat(after.voters().ids().toList()).containsExactlyElementsOf(voters);
                    assertThat(after.learners().toList()).containsExactlyElementsOf(learners);
                }
            }
        });
    }

    private static void applyToSets(ConfChangeSingle change, Set<Long> voters, Set<Long> learners) {
        long id = change.getNodeId();
        if (id == 0 || change.getType() == ConfChangeType.CONF_CHANGE_UPDATE_NODE) {
            return;
        }
        voters.remove(id);
        learners.remove(id);
        switch (change.getType()) {
            case CONF_CHANGE_ADD_NODE -> voters.add(id);
            case CONF_CHANGE_ADD_LEARNER_NODE -> learners.add(id);
            case CONF_CHANGE_REMOVE_NODE, CONF_CHANGE_UPDATE_NODE -> {}
        }
    }

    @TestFactory
    List<DynamicTest> configurationOfASnapshotIsRestoredWhateverTheOrderOfItsIds() {
        return Seeds.tests("raft.seeds", 10, random -> {
            ProgressTracker tracker = new ProgressTracker(10, 0);
            for (int i = 0; i < CHANGES_PER_SEED; i++) {
                Configuration changed = changeOrNull(tracker, random, i);
                if (changed != null) {
                    tracker.install(changed.config(), changed.progress());
                    checkRestores(changed.config(), random);
                }
            }
        });
    }

    private static void checkRestores(TrackerConfig config, RandomGenerator random) {
        ConfState state = config.toConfState();
        ConfState shuffled = state.toBuilder()
                .clearVoters()
                .addAllVoters(shuffled(state.getVotersList(), random))
                .clearVotersOutgoing()
                .addAllVotersOutgoing(shuffled(state.getVotersOutgoingList(), random))
                .clearLearners()
                .addAllLearners(shuffled(state.getLearnersList(), random))
                .build();
        Configuration restored = new Changer(new ProgressTracker(10, 0), 20).restore(shuffled);

        assertThat(restored.config()).isEqualTo(config);
        assertThat(ConfChanges.difference(restored.config().toConfState(), shuffled))
                .isNull();
        checkConsistent(restored);
    }

    private static @Nullable Configuration changeOrNull(
            ProgressTracker tracker, RandomGenerator random, long lastIndex) {
        Changer changer = new Changer(tracker, lastIndex);
        List<ConfChangeSingle> changes = randomChanges(random, 4);
        try {
            return switch (random.nextInt(4)) {
                case 0, 1 -> changer.simple(changes);
                case 2 -> changer.enterJoint(random.nextBoolean() ? JointExit.AUTOMATIC : JointExit.EXPLICIT, changes);
                default -> changer.leaveJoint();
            };
        } catch (ConfChangeException e) {
            return null;
        }
    }

    private static void checkConsistent(Configuration configuration) {
        TrackerConfig config = configuration.config();
        ProgressMap progress = configuration.progress();
        IdSet incoming = config.voters().incoming().ids();
        IdSet outgoing = config.voters().outgoing().ids();

        assertThat(incoming.isEmpty()).isFalse();
        assertThat(progress.ids())
                .as("exactly the members have progress")
                .isEqualTo(incoming.union(outgoing).union(config.learners()).union(config.learnersNext()));
        for (int i = 0; i < progress.size(); i++) {
            long id = progress.ids().get(i);
            Progress member = Objects.requireNonNull(progress.get(id));
            assertThat(member.isLearner()).isEqualTo(config.learners().contains(id));
            assertThat(config.learners().contains(id) && config.voters().contains(id))
                    .isFalse();
            assertThat(member.matchIndex()).isLessThan(member.nextIndex());
        }
        for (long id : config.learnersNext().toList()) {
            assertThat(outgoing.contains(id)).isTrue();
            assertThat(incoming.contains(id)).isFalse();
        }
        if (!config.voters().isJoint()) {
            assertThat(config.autoLeave()).isFalse();
            assertThat(config.learnersNext().isEmpty()).isTrue();
        }
    }

    private static ProgressTracker trackerOf(ConfState state) {
        ProgressTracker tracker = new ProgressTracker(10, 0);
        Configuration restored = new Changer(tracker, 1).restore(state);
        tracker.install(restored.config(), restored.progress());
        return tracker;
    }

    private static ConfState randomSimpleConfig(RandomGenerator random) {
        ConfState.Builder state = ConfState.newBuilder().addVoters(1);
        for (long id = 2; id <= MAX_ID; id++) {
            switch (random.nextInt(4)) {
                case 0 -> state.addVoters(id);
                case 1 -> state.addLearners(id);
                default -> {}
            }
        }
        return state.build();
    }

    private static List<ConfChangeSingle> randomChanges(RandomGenerator random, int max) {
        List<ConfChangeSingle> changes = new ArrayList<>();
        for (int i = 1 + random.nextInt(max); i > 0; i--) {
            changes.add(ConfChanges.single(ANY_TYPE.get(random.nextInt(ANY_TYPE.size())), random.nextLong(MAX_ID + 1)));
        }
        return changes;
    }

    private static List<Long> shuffled(List<Long> ids, RandomGenerator random) {
        List<Long> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, new Random(random.nextLong()));
        return shuffled;
    }
}
